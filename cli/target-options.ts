import { type Command, InvalidArgumentError, Option } from 'commander';

/** Which AWS a command shall talk to, as the command line says it. */
export interface TargetOptions {
  readonly aws?: true;
  readonly stage?: string;
  readonly region?: string;
  readonly profile?: string;
}

const matching = (pattern: RegExp, expected: string) => (value: string) => {
  if (!pattern.test(value)) throw new InvalidArgumentError(`Expected ${expected}.`);
  return value;
};

/** Adds what every command takes that talks to AWS. */
export const withTargetOptions = (command: Command): Command =>
  [
    new Option('--stage <name>', 'stage of the stack in AWS (default: dev)').argParser(
      matching(/^[A-Za-z][A-Za-z0-9-]{0,62}$/, 'the name of a stage, such as dev'),
    ),
    new Option('--region <name>', 'AWS Region of the stack').argParser(
      matching(/^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/, 'the name of an AWS Region, such as eu-central-1'),
    ),
    new Option('--profile <name>', 'profile of the AWS credentials'),
    new Option('--aws', 'an AWS account, even while npm start runs'),
  ].reduce((changed, option) => changed.addOption(option), command);
