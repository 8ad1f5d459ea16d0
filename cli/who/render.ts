import { type Column, counted, type Layout, type TextStyle, tableText } from '../table';
import { printable } from '../terminal';
import type { Change } from './changes';

const time: Column<Change> = { title: 'TIME', text: ({ record }) => record.eventTime.replace('.000Z', 'Z') };
const call: Column<Change> = {
  title: 'CALL',
  text: ({ record: { eventName, errorCode } }) =>
    errorCode === undefined ? eventName : `${eventName} (${errorCode})`,
};
const actor: Column<Change> = { title: 'WHO', text: ({ actor: { principal } }) => principal };
const type: Column<Change> = { title: 'TYPE', text: ({ resource }) => resource.type };
const from: Column<Change> = { title: 'FROM', text: ({ actor: { sourceIp = '-' } }) => sourceIp };

const fromWhere = (change: Change): string => `from ${from.text(change)}`;

const layouts: readonly Layout<Change>[] = [
  { columns: [time, call, actor, from, type], below: how },
  { columns: [time, call, actor], below: (change) => said([fromWhere(change), how(change)]).join(', ') },
  { columns: [time, call, from], below: (change) => said([actor.text(change), how(change)]) },
  {
    columns: [time, call],
    below: (change) => said([actor.text(change), fromWhere(change), how(change)]),
  },
];

const said = (texts: readonly string[]): string[] => texts.filter((text) => text !== '');

/** By what means: MFA, console, role, service, tool. */
function how({ actor: by }: Change): string {
  return [
    by.mfa === undefined ? undefined : by.mfa ? 'MFA' : 'no MFA',
    by.console ? 'console' : undefined,
    by.assumedBy && `root session that ${by.assumedBy} asked for`,
    by.invokedBy && `through ${by.invokedBy}`,
    by.iac && 'CloudFormation',
    by.iacHint && `says it is ${by.iacHint}`,
    by.accessKeyId && `key ${by.accessKeyId}`,
    by.issuer && `of ${by.issuer}`,
    by.userAgent,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/**
 * The newest last, so that it stands right above the prompt.
 * @param of what they were picked out of
 */
export function renderText(
  changes: readonly Change[],
  of: string,
  resource: string,
  style: TextStyle,
): string {
  const said = `${counted(changes.length, 'call')} that changed ${printable(resource, 200)}, of ${of}.`;
  return changes.length === 0
    ? `${said}\n`
    : `${tableText(changes, layouts, style, ({ record }, line) => (record.errorCode === undefined ? line : style.paint('dim', line)))}\n\n${said}\n`;
}
