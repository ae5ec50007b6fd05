/**
 * ISO 4217: the active currencies and how many decimals their minor unit has. The runtime's own tables are no substitute: they follow
 * what shops print (HUF 0, IQD 0), not the standard (HUF 2, IQD 3), and money would be wrong by a factor of 100.
 * BGN stays in the list: orders paid in it may still be disputed.
 */
const byExponent: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP
      CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT
      LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR
      RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES
      WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

const exponents: ReadonlyMap<string, number> = new Map(
  Object.entries(byExponent).flatMap(([exponent, codes]) => codes.split(/\s+/).map((code) => [code, Number(exponent)] as const)),
)

/** Every code that is accepted, in alphabetical order. */
export const currencyCodes: readonly string[] = [...exponents.keys()].sort()

/** Decimals of the minor unit: 2 for CNY (25900 is 259.00), 0 for JPY, 3 for KWD. `undefined` for a code that is not in the list. */
export const currencyExponent = (code: string): number | undefined => exponents.get(code)
