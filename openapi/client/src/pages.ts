/** Walks through a list. */

/** A page of a list. */
interface Page<Item> {
  data: Item[]
  next_cursor: string | null
}

/** An operation that lists. */
type Listing = (options: never) => Promise<{ data: Page<unknown> | undefined }>

/** What it takes. */
type OptionsOf<List extends Listing> = Parameters<List>[0]

/** What it lists. */
type ItemOf<List extends Listing> = NonNullable<Awaited<ReturnType<List>>['data']>['data'][number]

/**
 * The items of a list, page after page: `for await (const complaint of pages(listComplaints, { client }))`. The next page is asked for when
 * the one before is used up; whoever leaves the loop asks for no more.
 * @param options those of the operation; `query.limit` is the size of a page (20 by default, 100 at most), `query.cursor` where to begin
 * @throws RedressError where a page cannot be read
 */
export async function* pages<List extends Listing>(
  list: List,
  options: OptionsOf<List>,
): AsyncGenerator<ItemOf<List>, void, undefined> {
  const { query, ...others }: { query?: { cursor?: string } } = options
  const read = list as unknown as (options: object) => Promise<{ data: Page<ItemOf<List>> }>
  let cursor = query?.cursor
  do {
    const { data: page } = await read({
      ...others,
      query: cursor === undefined ? query : { ...query, cursor },
      throwOnError: true,
    })
    yield* page.data
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
}
