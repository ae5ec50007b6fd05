/** The closed lists of risk: wire values, in the order they are documented, with their names. */

/** From the least to the greatest: the place in the list is the rank by which lists sort. */
export const riskLevelNames = {
  low: { zh: '低', en: 'Low' },
  normal: { zh: '一般', en: 'Normal' },
  high: { zh: '高', en: 'High' },
  critical: { zh: '重大', en: 'Critical' },
} as const
export type RiskLevel = keyof typeof riskLevelNames
export const riskLevels = Object.keys(riskLevelNames) as RiskLevel[]
export const rankOf = (level: RiskLevel): number => riskLevels.indexOf(level)

/** What the words of a complainant can show. */
export const wordSignalNames = {
  regulator: { zh: '监管机构或消协', en: 'Regulator or consumer association' },
  press: { zh: '媒体或社交网络曝光', en: 'Press or social media' },
  lawsuit: { zh: '诉讼', en: 'Lawsuit' },
  injury: { zh: '人身伤害', en: 'Injury' },
  hazard: { zh: '安全隐患', en: 'Safety hazard' },
  food: { zh: '食品', en: 'Food' },
  minor: { zh: '未成年人', en: 'Minor' },
  fraud: { zh: '欺诈', en: 'Fraud' },
  threat: { zh: '威胁或轻生', en: 'Threat to others or to oneself' },
} as const
export type WordSignal = keyof typeof wordSignalNames
export const wordSignals = Object.keys(wordSignalNames) as WordSignal[]

/** What the facts of a case and of others like it can show. */
export const factSignalNames = {
  large_amount: { zh: '金额较大', en: 'Large amount' },
  repeat_complainant: { zh: '多次投诉', en: 'Repeat complainant' },
  merchant_many_open: { zh: '商家未结投诉较多', en: 'Merchant with many open cases' },
  order_disputed: { zh: '订单已有争议', en: 'Order disputed before' },
  missed_clocks: { zh: '平台已逾期', en: 'Duties of the platform missed' },
  mass_case: { zh: '群体投诉', en: 'Mass case' },
} as const
export type FactSignal = keyof typeof factSignalNames
export const factSignals = Object.keys(factSignalNames) as FactSignal[]

export const riskSignalNames = { ...wordSignalNames, ...factSignalNames } as const
export type RiskSignal = WordSignal | FactSignal
export const riskSignals: readonly RiskSignal[] = [...wordSignals, ...factSignals]

/** Whose word the level is. Up to a person's word it is the machine's; a level that only words made critical is a suspicion. */
export const riskStandings = ['by_machine', 'suspected', 'confirmed', 'confirmed_by_silence', 'set_by_staff'] as const
export type RiskStanding = (typeof riskStandings)[number]

/** Why staff set a level, with its names. */
export const riskReasonNames = {
  figure_of_speech: { zh: '仅为口头语', en: 'A figure of speech' },
  no_danger: { zh: '核实无危险', en: 'Looked into: no danger' },
  not_about_this_case: { zh: '与本案无关', en: 'Not about this case' },
  empty_threat: { zh: '仅为情绪表达', en: 'Said in anger' },
  danger_confirmed: { zh: '核实存在危险', en: 'Looked into: a danger' },
  public_attention: { zh: '已引发公众关注', en: 'In the public eye' },
  vulnerable_person: { zh: '涉及弱势群体', en: 'A person in need of care' },
  other: { zh: '其他', en: 'Other' },
} as const
export type RiskReasonCode = keyof typeof riskReasonNames
export const riskReasonCodes = Object.keys(riskReasonNames) as RiskReasonCode[]

/** Where a mass case stands, with its names. */
export const massCaseStatusNames = {
  open: { zh: '进行中', en: 'Open' },
  ended: { zh: '已结束', en: 'Ended' },
} as const
export type MassCaseStatus = keyof typeof massCaseStatusNames
export const massCaseStatuses = Object.keys(massCaseStatusNames) as MassCaseStatus[]
