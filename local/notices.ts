import type { Delivery } from './inbox';

/** What the running app has to tell a person. */
export type Notice =
  | { kind: 'info'; message: string }
  | { kind: 'error'; message: string }
  | { kind: 'failed'; message: string }
  | { kind: 'ready'; url: string; lambdaUrl: string; stage: string }
  | { kind: 'played' }
  | { kind: 'delivery'; delivery: Delivery };

const WIDTH = 78;

/** A notice as text for a terminal. */
export function noticeText(notice: Notice, { colours }: { colours: boolean }): string {
  const paint = (code: number, text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  switch (notice.kind) {
    case 'info':
      return paint(36, notice.message);
    case 'error':
    case 'failed':
      return paint(31, notice.message);
    case 'ready':
      return `Local AWS is up at ${notice.url}, the functions at ${notice.lambdaUrl}`;
    case 'played':
      return paint(36, 'The scenario is over; everything stays up. Press Ctrl-C to stop.');
    case 'delivery':
      return deliveryText(notice.delivery, paint);
  }
}

function deliveryText(delivery: Delivery, paint: (code: number, text: string) => string): string {
  const { protocol, endpoint, subject, text } = delivery;
  const rule = paint(90, '─'.repeat(WIDTH));
  const head = [
    `${protocol} to ${endpoint}`,
    ...(subject === undefined ? [] : [paint(1, `Subject: ${subject}`)]),
  ];
  return ['', rule, ...head, rule, text, rule, ''].join('\n');
}

/** Colours only for a person at a terminal who hasn't declined them (https://no-color.org). */
export const wantsColours = (stream: { isTTY?: boolean }, env: Record<string, string | undefined>): boolean =>
  stream.isTTY === true && !env['NO_COLOR'];
