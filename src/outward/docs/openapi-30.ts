/**
 * The same document as OpenAPI 3.0.3, for generators that stop there. What 3.1 says by JSON Schema and 3.0 cannot, is said as 3.0 does:
 * `anyOf` with null becomes `nullable`, what stands beside a reference goes around it, webhooks become an extension.
 */
import { type Document, mapSchema } from './document.ts'

interface Node {
  [key: string]: unknown
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

const isNull = (schema: unknown): boolean => isNode(schema) && schema.type === 'null'

/** What 3.0 has no word for, and what is no loss there: the service checks it all the same. */
const unknownIn30: readonly string[] = ['propertyNames', '$id']

/** @param schemas the components, through which references are followed for their types */
export const inOpenApi30 = ({
  openapi: _,
  webhooks,
  ...document
}: Document & { openapi?: string; webhooks?: object }): object => {
  const { schemas } = document.components
  const typeOf = (schema: unknown): unknown => {
    if (!isNode(schema)) return undefined
    if (typeof schema.$ref === 'string') return typeOf(schemas[schema.$ref.replace('#/components/schemas/', '')])
    return schema.type ?? (Array.isArray(schema.anyOf) ? typeOf(schema.anyOf[0]) : undefined)
  }

  /** `anyOf: [X, null]` as X that may be null. Generators of 3.0 want a type beside `nullable`. */
  const nullable = ({ anyOf, ...rest }: Node): Node => {
    const others = (anyOf as unknown[]).filter((one) => !isNull(one))
    const [only] = others
    if (others.length > 1) return { ...rest, type: typeOf(only), nullable: true, anyOf: others }
    if (isNode(only) && '$ref' in only) return { ...rest, type: typeOf(only), nullable: true, allOf: [only] }
    const { enum: values } = only as Node
    // there a list of values has to name null as well
    return {
      type: typeOf(only),
      ...(only as Node),
      ...rest,
      ...(Array.isArray(values) && { enum: [...values, null] }),
      nullable: true,
    }
  }

  const rewritten = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewritten)
    if (!isNode(value)) return value
    const node = Array.isArray(value.anyOf) && value.anyOf.some(isNull) ? nullable(value) : value
    return mapSchema(node, rewritten, (key) => unknownIn30.includes(key))
  }

  const { info, ...rest } = rewritten(document) as Node
  const { name } = (info as Node).license as Node
  return {
    openapi: '3.0.3',
    info: { ...(info as Node), license: { name, url: 'https://www.apache.org/licenses/LICENSE-2.0' } },
    ...rest,
    ...(webhooks === undefined ? {} : { 'x-webhooks': rewritten(webhooks) }),
  }
}
