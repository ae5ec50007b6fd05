/** What the simulated platform goes by: in the course of the year all occurs that a policy can say about silence. */
import type { Json, TestApp } from '../support/app.ts'

const natural = (count: number, unit: 'hours' | 'days') => ({ count, unit })
const business = (count: number, unit: 'business_hours' | 'business_days') => ({ count, unit })

/** Reminders before the last word, and nothing is told at night, on weekends and holidays. */
export const withServiceHours = (policy: Json): void => {
  policy.while_overdue = [business(1, 'business_days'), business(5, 'business_days')]
  policy.service_hours = { calendar: 'china', holds_back: ['warnings', 'notices'] }
  const { clocks } = policy
  clocks.information = [{ allow: natural(3, 'days'), on_silence: ['remind', 'close_no_response'] }]
  clocks.return_shipment = [{ allow: natural(7, 'days'), on_silence: ['remind', 'close_return_not_shipped'] }]
  policy.platform_silence = { resolution: 'propose_wanted' }
}

/** Everybody has less time, and is told of it at any hour. A merchant who stays silent agrees. */
export const quicker = (policy: Json): void => {
  policy.service_hours = null
  const { clocks } = policy
  clocks.resolution = [{ allow: business(5, 'business_days'), on_silence: ['escalate'] }]
  clocks.respondent_response = [{ allow: business(8, 'business_hours'), on_silence: ['remind', 'deem_agreed'] }]
  policy.deem_agreed_up_to = { CNY: 20_000 }
  clocks.refund = [{ allow: natural(12, 'hours'), on_silence: ['escalate'] }]
}

/** A further holiday, named when it is near. */
export const addHoliday = async ({ call }: Pick<TestApp, 'call'>, date: string): Promise<void> => {
  const { body, headers } = await call('GET', '/v1/calendars/china')
  const { time_zone, hours, public_holidays, holidays, workdays, complete_years } = body
  const answer = await call('PUT', '/v1/calendars/china', {
    body: { time_zone, hours, public_holidays, holidays: [...holidays, { date, name: '抗台风' }], workdays, complete_years },
    headers: { 'if-match': headers.etag ?? '' },
  })
  if (answer.status !== 200) throw new Error(`PUT /v1/calendars/china: ${answer.status} ${answer.text}`)
}
