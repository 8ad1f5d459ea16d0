import { Command, InvalidArgumentError, Option } from 'commander';
import { momentExpected, parseMoment } from '../moment';
import { FAILING } from '../replay/faults';
import type { ReplayOptions } from '../replay/replay';
import type { ExitCode, Shell } from '../shell';

export default (shell: Shell, end: (code: ExitCode) => void): Command =>
  new Command('replay')
    .summary('run events through the functions in memory')
    .description(
      'Runs events through the functions as they are deployed, in this process and in virtual time, and prints the alerts ' +
        'that would be sent and the findings that would be open. Asks AWS for nothing.\n' +
        'Reads EventBridge events, and configuration items, snapshot and history files, and log files of CloudTrail as the ' +
        'events that would have brought them.',
    )
    .argument('<file...>', 'files, folders, or - for the standard input')
    .option('--config <file>', 'the compliance.yml to go by (default: the one here or above)')
    .option('--compare <file>', 'another compliance.yml: print what it changes')
    .addOption(
      new Option(
        '--duplicate <number or rate>',
        'each event comes so many more times (3), or one in so many does once more (0.1)',
      ).argParser(copies),
    )
    .addOption(new Option('--shuffle <seed>', 'events come late, and so in any order').argParser(seed))
    .addOption(new Option('--drop <rate>', 'which part of the events never comes').argParser(rate))
    .addOption(
      new Option(
        '--fail <what:rate>',
        `which part of the calls fails; once for each of: ${FAILING.join(', ')} (of the function itself)`,
      ).argParser(failure),
    )
    .addOption(
      new Option('--seed <number>', 'chooses among all that is left to chance').argParser(seed).default(1),
    )
    .addOption(
      new Option('--until <when>', 'let exemptions end until then (default: the last event)').argParser(
        (text) => moment(text, shell.now()),
      ),
    )
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json', 'ndjson']).default('text'),
    )
    .addOption(new Option('--alerts <form>', 'print each alert in full').choices(['email', 'json']))
    .addOption(
      new Option('--account <id>', 'account of the stack (default: that of the first event)').argParser(
        matching(/^\d{12}$/, 'an account id of 12 digits'),
      ),
    )
    .addOption(
      new Option('--region <name>', 'Region of the stack (default: that of the first event)').argParser(
        matching(
          /^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/,
          'the name of an AWS Region, such as eu-central-1',
        ),
      ),
    )
    .addHelpText('after', help)
    .action(async (files: string[], options: ReplayOptions) => {
      const { replay } = await import('../replay/replay');
      end(await replay(files, options, shell, () => process.stdin));
    });

const matching = (pattern: RegExp, expected: string) => (text: string) => {
  if (!pattern.test(text)) throw new InvalidArgumentError(`Expected ${expected}.`);
  return text;
};

function rate(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value > 1) throw new InvalidArgumentError('Expected a rate from 0 to 1.');
  return value;
}

function copies(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  if (!/^0?\.\d+$/.test(text)) {
    throw new InvalidArgumentError('Expected a whole number from 1 to 99, or a rate below 1.');
  }
  return Number(text);
}

function seed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

function moment(text: string, now: Date): Date {
  const parsed = parseMoment(text, now);
  if (parsed === undefined) throw new InvalidArgumentError(`Expected ${momentExpected}.`);
  return parsed;
}

/** Each adds to those before it. */
function failure(text: string, before: ReplayOptions['fail'] = {}): ReplayOptions['fail'] {
  const [name, part] = text.split(':');
  const what = FAILING.find((one) => one === name);
  if (what === undefined || part === undefined) {
    throw new InvalidArgumentError(`Expected one of ${FAILING.join(', ')}, a colon and a rate: dynamodb:0.2`);
  }
  return { ...before, [what]: rate(part) };
}

const help = `
Examples:
  trailseal replay events.jsonl                     the alerts that would be sent, and what is open
  trailseal replay AWSLogs/ --alerts email          configuration history, with each e-mail in full
  trailseal replay events/ --compare draft.yml      what another compliance.yml would change
  trailseal replay events/ --duplicate 3 --shuffle 7 --drop 0.1
  trailseal replay events/ --fail dynamodb:0.2 --fail sns:0.1 --fail crash:0.05 --seed 42
  trailseal replay events/ --config draft.yml --until 2027-01-31
  trailseal replay - --account 111122223333 --region eu-west-1 --format ndjson < events.jsonl
  trailseal replay events.jsonl --format json --alerts json | jq '.alerts[].alert.summary'

Time is that of the events: back-off, leases and the minutely sweep take none of yours. The run ends when nothing is
left to do. The same input, options and seed print the same.
A shuffled event comes up to the length of the input late, a duplicate up to an hour. Half of the failed calls have had
their effect. What fails does so until a day after the last event; what is given up meanwhile is redriven an hour later.

Exit codes: 2 something could not be read or done, as dead letters at the end; 1 findings are open at the end, or
--compare found a difference; 0 neither.`;
