import type { DeclareCommand } from '../../cli/trailseal';
import { trailseal } from '../../cli/trailseal';
import { GENERATED, page } from './markdown';

/** Wide enough for the examples, narrow enough for a page. */
const WIDTH = 100;
/** Help must not depend on when it is printed. */
const NOW = new Date('2026-01-31T10:00:00Z');

/** docs/reference/command-line.md: what each command prints as its help. */
export async function renderCommandLine(commands: Readonly<Record<string, DeclareCommand>>): Promise<string> {
  const names = Object.keys(commands).sort();
  const help = (...args: string[]) =>
    helpOf(
      args,
      names.map((name) => commands[name]).filter((found) => found !== undefined),
    );
  const sections: string[] = [];
  for (const name of names) sections.push(`## trailseal ${name}`, await help('help', name));
  return page([
    GENERATED('cli/commands'),
    '# Command line',
    '`npx trailseal` works in the checkout after `npm ci`.',
    await help('--help'),
    ...sections,
  ]);
}

async function helpOf(args: readonly string[], commands: readonly DeclareCommand[]): Promise<string> {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  const output = { write, isTerminal: false, columns: WIDTH };
  await trailseal(args, {
    commands,
    shell: {
      out: output,
      err: output,
      env: {},
      folder: '.',
      now: () => NOW,
      stopSignal: () => new AbortController().signal,
    },
  });
  return `\`\`\`\n${text.trim()}\n\`\`\``;
}
