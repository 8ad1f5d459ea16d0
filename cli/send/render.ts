import type { Delivery } from '../../shared/aws/local-door';
import { jsonLine, jsonText } from '../json-text';
import type { Format } from '../redrive/render';
import type { Shell } from '../shell';
import { counted, styleOf, type TextStyle, tableText } from '../table';
import { printable } from '../terminal';

/**
 * What became of an event:
 * - `sent`: it was taken.
 * - `would-be-sent`: nothing, this was a dry run.
 * - `refused`: it is no event, or one that no function takes.
 * - `not-sent`: it was tried, and not taken.
 */
export interface Outcome {
  readonly place: string;
  readonly status: 'sent' | 'would-be-sent' | 'refused' | 'not-sent';
  readonly because?: string;
  readonly detailType?: string;
  readonly resource?: string;
  readonly to?: string;
  /** In a dry run. */
  readonly body?: object;
}

/** How results come out: line by line as they come, or at the end as one document. */
export interface Printer {
  outcomes(outcomes: readonly Outcome[], where: string): void;
  delivery(delivery: Delivery): void;
  /** @param summary of a command that was not stopped before it was done */
  end(summary: object): void;
}

export const summaryOf = (outcomes: readonly Outcome[]) => ({
  kind: 'summary',
  sent: countOf(outcomes, 'sent'),
  wouldBeSent: countOf(outcomes, 'would-be-sent'),
  refused: countOf(outcomes, 'refused'),
  notSent: countOf(outcomes, 'not-sent'),
});

export const countOf = (outcomes: readonly Outcome[], status: Outcome['status']): number =>
  outcomes.filter((outcome) => outcome.status === status).length;

const outcomeRecord = ({ place, status, ...rest }: Outcome) => ({ kind: 'event', place, status, ...rest });
const deliveryRecord = (delivery: Delivery) => ({ kind: 'delivery', ...delivery });

export function printerFor(format: Format, shell: Shell): Printer {
  const { out } = shell;
  switch (format) {
    case 'text':
      return textPrinter(shell);
    case 'ndjson':
      return {
        outcomes: (outcomes) => {
          for (const outcome of outcomes) out.write(jsonLine(outcomeRecord(outcome)));
        },
        delivery: (delivery) => out.write(jsonLine(deliveryRecord(delivery))),
        end: (summary) => out.write(jsonLine(summary)),
      };
    case 'json': {
      const events: object[] = [];
      const deliveries: object[] = [];
      return {
        outcomes: (outcomes) => events.push(...outcomes.map(outcomeRecord)),
        delivery: (delivery) => deliveries.push(deliveryRecord(delivery)),
        end: (summary) => out.write(jsonText({ events, deliveries, summary })),
      };
    }
  }
}

function textPrinter({ out, env }: Shell): Printer {
  const style = styleOf(out, env);
  const shown = new Set<string>();
  return {
    outcomes(outcomes, where) {
      const planned = outcomes.filter(({ status }) => status === 'would-be-sent');
      if (planned.length > 0) out.write(`${plannedText(planned, style)}\n\n`);
      const [sent, would] = [countOf(outcomes, 'sent'), countOf(outcomes, 'would-be-sent')];
      out.write(
        would > 0
          ? `${counted(would, 'event')} would be sent to the ${where}. Nothing was sent. What exactly: --format ndjson\n`
          : `${counted(sent, 'event')} accepted by the ${where}.\n`,
      );
    },
    delivery(delivery) {
      const { messageId, protocol } = delivery;
      // A message goes to each subscriber: a person reads it once, as the first e-mail has it.
      if (protocol !== 'email' || shown.has(messageId)) return;
      shown.add(messageId);
      out.write(deliveryText(delivery, style));
    },
    end: () => undefined,
  };
}

const plannedText = (outcomes: readonly Outcome[], style: TextStyle): string => {
  const from = { title: 'FROM', text: ({ place }: Outcome) => place };
  const kind = { title: 'KIND', text: ({ detailType = '' }: Outcome) => detailType };
  const resource = { title: 'RESOURCE', text: (outcome: Outcome) => outcome.resource ?? '' };
  const to = { title: 'TO', text: (outcome: Outcome) => outcome.to ?? '' };
  return tableText(
    outcomes,
    [
      { columns: [from, kind, resource, to] },
      { columns: [from, resource], below: (outcome) => `${kind.text(outcome)} to ${to.text(outcome)}` },
    ],
    style,
    (_, line) => line,
  );
};

const LINE_LENGTH = 1000;

function deliveryText({ endpoint, protocol, subject, text }: Delivery, { paint }: TextStyle): string {
  const head = [
    paint('dim', `--- ${printable(`${protocol} to ${endpoint}`, LINE_LENGTH)}`),
    ...(subject === undefined ? [] : [paint('bold', printable(`Subject: ${subject}`, LINE_LENGTH))]),
  ];
  return `\n${[...head, ...text.trimEnd().split('\n').map(cleaned)].join('\n')}\n`;
}

/** A line as it is, indentation and all, without what a terminal would act on. */
function cleaned(line: string): string {
  const [indentation = ''] = /^ {0,20}/.exec(line) ?? [];
  return indentation + printable(line, LINE_LENGTH);
}
