/**
 * What was tried and came out wrong, row by row, and by which words its tests and those of its neighbours are known: another remedy, the other
 * side, a second complaint, a refund elsewhere. Each is played in currencies with no, two and three decimals.
 */

export const neighbours = ['remedy', 'side', 'second', 'elsewhere'] as const
type Neighbour = (typeof neighbours)[number]

/** A test by its title, and what it says of each neighbour. */
export interface Row {
  tried: string
  file: 'bounds-table' | 'steps-table' | 'returns-table'
  /** The first is the row itself; what it does not say of a neighbour the others do. */
  titles: readonly string[]
  says: Readonly<Record<Neighbour, string>>
}

export const rows: readonly Row[] = [
  {
    tried: 'line 1 refunded twice in one plan, and again by a second complaint',
    file: 'bounds-table',
    titles: ['a line never gives back more than it cost'],
    says: {
      remedy: 'a compensation is none',
      side: 'by the other side as well',
      second: 'a second complaint',
      elsewhere: 'given back elsewhere',
    },
  },
  {
    tried: 'a refund of 9.00 for a line of which 5.40 were paid',
    file: 'bounds-table',
    titles: ['a discount on the whole order lowers what each line gives back'],
    says: {
      remedy: 'other remedy, other side',
      side: 'other remedy, other side',
      second: 'a second complaint',
      elsewhere: 'what a refund elsewhere left',
    },
  },
  {
    tried: 'the first complaint names the small line of a large order',
    file: 'bounds-table',
    titles: ['the bound is the order’s, whoever names which line in dispute'],
    says: {
      remedy: 'a compensation alone',
      side: 'the other side',
      second: 'a third line would be more than was paid',
      elsewhere: 'a refund elsewhere',
    },
  },
  {
    tried: 'paid 259.00, a line stated at 9,999,999.99 by who filed',
    file: 'bounds-table',
    titles: [
      'what a filer states never widens a bound',
      'nor does a further complaint, whatever it says of lines, pieces, sellers, payments and shipping',
    ],
    says: {
      remedy: 'nor does another remedy go without',
      side: 'the other side',
      second: 'not by a second complaint either',
      elsewhere: 'nor after a refund elsewhere',
    },
  },
  {
    tried: 'four compensations by four complaints, 120 % of the goods',
    file: 'bounds-table',
    titles: ['all compensations for an order together are within 30 % of its goods'],
    says: { remedy: 'a refund is none', side: 'the other side', second: 'a fourth complaint', elsewhere: 'nor is one elsewhere' },
  },
  {
    tried: 'two refunds of 5,000.00 on one order; an exchange of a 10,000.00 television',
    file: 'bounds-table',
    titles: ['approval counts the sum of the order, and goods have their value'],
    says: {
      remedy: 'an exchange of both lines',
      side: 'the other side needs none',
      second: 'a second complaint has its share in force',
      elsewhere: 'what went back elsewhere counts',
    },
  },
  {
    tried: 'a compensation on line a and an apology on line b in one plan',
    file: 'bounds-table',
    titles: ['the cap of compensations looks at the lines of each remedy'],
    says: {
      remedy: 'beside another remedy',
      side: 'the other side needs none',
      second: 'a second complaint',
      elsewhere: 'a refund elsewhere of the other line',
    },
  },
  {
    tried: 'freight to the buyer drafted before liability, imposed',
    file: 'bounds-table',
    titles: ['freight is judged when the plan takes effect'],
    says: {
      remedy: "['exchange', undefined]",
      side: 'between themselves they agree as they like',
      second: 'a second complaint, of what a refund elsewhere has left',
      elsewhere: 'a second complaint, of what a refund elsewhere has left',
    },
  },
  {
    tried: '30.00 of 100.00 already back, merchant agrees to 100.00',
    file: 'bounds-table',
    titles: ['whoever agrees to more than is left is refused at once, and told what is left'],
    says: {
      remedy: 'a compensation',
      side: 'an offer of the other side, by a second complaint',
      second: 'an offer of the other side, by a second complaint',
      elsewhere: 'after a refund elsewhere',
    },
  },
  {
    tried: 'a refund reported paid, returned by the bank three days later',
    file: 'steps-table',
    titles: [
      'a payment that the bank returns is paid another way',
      'a returned payment that went back elsewhere meanwhile is not made again',
      'nor is a compensation lost, or what the other side sees of it',
    ],
    says: {
      remedy: "agree(await state(200, [['1', 200]]), remedy('compensation', 10))",
      side: 'the other side reports no payment',
      second: 'the money stays reserved over all complaints',
      elsewhere: 'a refund elsewhere has taken its place',
    },
  },
  {
    tried: 'a refund bounces beside an exchange under way',
    file: 'steps-table',
    titles: ['a refund that bounces leaves the exchange beside it alone'],
    says: {
      remedy: "['exchange', 'reship', 'apology']",
      side: 'the other side decides nothing of it',
      second: 'a second complaint has none of it',
      elsewhere: 'a refund elsewhere takes nothing of it',
    },
  },
  {
    tried: 'a return without an address, closed for the buyer’s silence',
    file: 'returns-table',
    titles: [
      'a return without an address asks for one first; the buyer’s time begins with it',
      'what was sent back is waited for, and who inspects it has received it',
    ],
    says: {
      remedy: "['return_and_refund', 'exchange', 'repair']",
      side: 'the other side',
      second: 'a second complaint finds nothing left',
      elsewhere: 'await elsewhere(order, 100)',
    },
  },
  {
    tried: '3 × 89.99 announced to come back, 2 arrive',
    file: 'steps-table',
    titles: ['an inspection tells how many came back, and the refund follows'],
    says: {
      remedy: 'another remedy for the third',
      side: 'the other side decides nothing',
      second: 'a second complaint has the third',
      elsewhere: 'a refund elsewhere while the third waits',
    },
  },
  {
    tried: 'a replacement reported as sent without a number, never arrives',
    file: 'steps-table',
    titles: [
      'goods are sent with a number, and their arrival counts',
      'what is sent again and does not arrive is settled by nobody’s silence, and counts until it is given up',
    ],
    says: {
      remedy: "['reship', 'exchange']",
      side: 'who sent it does not confirm it',
      second: 'or by a second complaint',
      elsewhere: 'less what went back elsewhere',
    },
  },
  {
    tried: 'the bank’s chargeback has already given the money back',
    file: 'bounds-table',
    titles: ['what a chargeback has given back is not given back again'],
    says: {
      remedy: 'another remedy of the other side',
      side: 'another remedy of the other side',
      second: 'a second complaint',
      elsewhere: 'above what was left it is recorded all the same',
    },
  },
]
