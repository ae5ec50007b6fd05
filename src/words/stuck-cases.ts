/** What a decision does not find among the rules of its case: the version of the policy, a calendar, or a rule that fits. */
export type MissingRules = 'policy' | 'calendar' | 'rule'

/** Why a case cannot be decided, as far as a program can tell; never the text of an error, which may quote the case. */
export const errorClassNames = {
  policy_missing: { zh: '规则版本缺失', en: 'the version of the policy that the case goes by is not there' },
  calendar_missing: { zh: '日历缺失', en: 'a calendar that its policy or its clocks name is not there' },
  no_rule_fits: { zh: '无适用规则', en: 'its policy has no rule for a clock of the case' },
  refused_by_database: { zh: '数据库拒绝写入', en: 'the database refuses what was decided' },
  internal: { zh: '内部错误', en: 'deciding it fails; the log of the service says where' },
} as const
export type ErrorClass = keyof typeof errorClassNames
export const errorClasses = Object.keys(errorClassNames) as ErrorClass[]

export const classOfMissing = {
  policy: 'policy_missing',
  calendar: 'calendar_missing',
  rule: 'no_rule_fits',
} as const satisfies Record<MissingRules, ErrorClass>
/** The classes in which the rules of the case cannot be read, so nobody can decide anything. */
export const unreadable: ReadonlySet<ErrorClass> = new Set(['policy_missing', 'calendar_missing'])
