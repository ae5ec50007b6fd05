/** What events that go out can be about. Each subject counts its events by itself. */
export const eventSubjects = ['complaint', 'merchant', 'order', 'fund', 'platform'] as const
export type EventSubject = (typeof eventSubjects)[number]
