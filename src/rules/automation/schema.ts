import Type from 'typebox'
import { Nullable, named, StrEnum, Strict, Text, TimeText, Version } from '../../foundation/http/schema.ts'

export const AutomationOut = named(
  'Automation',
  Type.Object({
    status: StrEnum(['running', 'stopped'], {
      description:
        'Whether the service closes cases and takes silence for a word. Warnings, reminders and escalations go on in any case.',
    }),
    stopped_at: Nullable(TimeText(), { description: 'Since when it is stopped, in real time.' }),
    changed_by: Nullable(Type.String({ example: 'admin:root' }), { description: 'Who stopped it or let it go on last.' }),
    changed_at: Nullable(TimeText(), { description: 'When, in real time.' }),
    explanation: Nullable(Type.String(), { description: 'Why, in the words of whoever did.' }),
    version: Version,
  }),
)

export const StopIn = named(
  'StopAutomation',
  Strict(
    { explanation: Text(2000, { description: 'Why it is stopped.' }) },
    { example: { explanation: 'the payment system is down' } },
  ),
)

export const StartIn = named(
  'StartAutomation',
  Strict({ explanation: Type.Optional(Text(2000, { description: 'Why it goes on.' })) }),
)
