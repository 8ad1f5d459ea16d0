import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { explained } from './aws-failure';
import type { ExitCode, Shell } from './shell';
import { printable } from './terminal';

/** A command's name, options, help and work. What the work alone needs, it imports when it is asked to. */
export type DeclareCommand = (shell: Shell, end: (code: ExitCode) => void) => Command;

interface Setting {
  readonly commands: readonly DeclareCommand[];
  readonly shell: Shell;
}

/** Runs one command line. Never throws: what goes wrong is said on stderr, and is exit code 2. */
export async function trailseal(args: readonly string[], { commands, shell }: Setting): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = declareProgram(shell);
  for (const declare of commands) {
    const command = declare(shell, (ending) => {
      code = ending;
    });
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has already said what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { message, next } = explained(error);
    shell.err.write(`error: ${[message, ...next].map((line) => printable(line, 1000)).join('\n')}\n`);
    return 2;
  }
}

const declareProgram = (shell: Shell): Command =>
  new Command('trailseal')
    .description("The operator's and the auditor's command of Trailseal, event-driven compliance for AWS.")
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureHelp({ minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => shell.out.write(text),
      writeErr: (text) => shell.err.write(text),
      getOutHelpWidth: () => shell.out.columns ?? 100,
      getErrHelpWidth: () => shell.err.columns ?? 100,
      // What it quotes are the caller's own arguments, which a script may have from anywhere.
      outputError: (text, write) =>
        write(
          `${text
            .trimEnd()
            .split('\n')
            .map((line) => printable(line, 1000))
            .join('\n')}\n`,
        ),
    })
    .addHelpText(
      'after',
      `
Examples:
  trailseal redrive                     list what could not be handled, and put it back
  trailseal findings                    what is open, worst first
  trailseal show JV3WQ7                 one finding in full, by the beginning of its id
  trailseal remediate JV3WQ7            what would mend it; with --apply, ask for it
  trailseal approve JV3WQ7              let the plan go that waits for an approval
  trailseal undo JV3WQ7                 put back what a fix has changed
  trailseal evidence JV3WQ7             all that it rests on, in a folder that anybody can check
  trailseal rules                       the controls, and what compliance.yml does about each
  trailseal explain S3.8                one control in full, by its id or an alias
  trailseal send event.json             feed an event to the functions, see the alerts
  trailseal who sg-0123                 who changed a resource, in the last 90 days
  trailseal who sg-0123 AWSLogs/        or by CloudTrail files
  trailseal verify s3://trail-logs      CloudTrail's digest chains and log files, proven or not
  trailseal detect logs/                what in CloudTrail files somebody should look at
  trailseal help redrive                all about one command

Commands that need AWS talk to local AWS while \`npm start\` runs, else to the AWS account of
the standard credential chain (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL …).

Exit codes: 2 could not do it, 1 something was found, 0 nothing was.
Data goes to stdout, progress and diagnostics to stderr.`,
    );
