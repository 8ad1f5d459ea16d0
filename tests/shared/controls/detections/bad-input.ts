import type { Raw } from './detecting';

/** Everything that misleads a terminal or a mail, 100 KB of it. */
const HOSTILE = '\u001b[31m<script>alert(1)</script>\u202e\0\r\nSubject: urgent '.repeat(2000);

const SUCH_AS_IS = new Set(['type', 'eventType', 'eventCategory', 'ConsoleLogin', 'MFAUsed']);

/** With hostile text wherever somebody may choose one; words by which AWS tells what a record is stay. */
function hostile(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return SUCH_AS_IS.has(key) ? value : HOSTILE;
  if (Array.isArray(value)) return value.map((one) => hostile(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hostile(one, name)]));
}

const required = ['eventName', 'eventSource', 'eventTime', 'awsRegion'];
const only = (record: Raw, keys: readonly string[]): Raw =>
  Object.fromEntries(Object.entries(record).filter(([key]) => keys.includes(key)));

const CHOSEN = [
  'userIdentity',
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'resources',
] as const;

/** Records as they should not be, made of one as it should be. */
export const badInput: readonly (readonly [name: string, of: (record: Raw) => Raw])[] = [
  ['no identity', ({ userIdentity: _, ...rest }) => rest],
  ['an identity of null', (record) => ({ ...record, userIdentity: null })],
  ['an identity that is a text', (record) => ({ ...record, userIdentity: 'root' })],
  ['an empty identity', (record) => ({ ...record, userIdentity: {} })],
  ['no parameters', (record) => ({ ...record, requestParameters: null })],
  ['parameters that are a text', (record) => ({ ...record, requestParameters: 'omitted' })],
  ['no answer', (record) => ({ ...record, responseElements: null })],
  [
    'parameters and answer left out for their size',
    (record) => ({ ...record, requestParameters: null, responseElements: null, additionalEventData: null }),
  ],
  [
    'nothing but what every record has, and its error',
    (record) => only(record, [...required, 'errorCode', 'errorMessage']),
  ],
  ['an unknown type', (record) => ({ ...record, eventType: 'AwsFutureEvent', eventCategory: 'Future' })],
  [
    'a late correction',
    (record) => ({
      ...record,
      addendum: {
        reason: 'UPDATED_DATA',
        updatedFields: 'responseElements',
        originalEventID: 'a7b1c5d2-0000-4000-8000-000000000009',
      },
    }),
  ],
  ['a correction of another shape', (record) => ({ ...record, addendum: 'x' })],
  [
    'hostile texts',
    (record) => ({
      ...record,
      ...Object.fromEntries(CHOSEN.map((key) => [key, hostile(record[key])])),
      userAgent: HOSTILE,
      sourceIPAddress: HOSTILE,
      ...(record['errorMessage'] === undefined ? {} : { errorMessage: HOSTILE }),
    }),
  ],
  ['a user agent of 100 KB', (record) => ({ ...record, userAgent: HOSTILE })],
];
