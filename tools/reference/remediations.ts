import * as z from 'zod';
import type { AnyRemediation } from '../../shared/remediations/remediation';
import { code, GENERATED, page, table } from './markdown';

/** docs/reference/remediations.md: what each remediation does, when nobody has to approve it, and its rights. */
export const renderRemediations = (remediations: readonly AnyRemediation[]): string =>
  page([
    GENERATED('shared/remediations'),
    '# Remediations',
    `What Trailseal can mend: ${remediations.length} remediations. None is made unless compliance.yml says so for a control: [../remediation.md](../remediation.md).`,
    table(
      ['remediation', 'what it does', 'without approval', 'undo'],
      remediations.map((remediation) => [
        `[${remediation.id}](#${remediation.id})`,
        remediation.title,
        'never' in remediation.autoWhen ? 'never' : 'can be',
        hasUndo(remediation) ? 'yes' : 'none',
      ]),
    ),
    ...remediations.map(section),
  ]);

const hasUndo = ({ permissions }: AnyRemediation) => permissions.undo.length > 0;

const list = (entries: readonly string[]) =>
  entries.length === 0 ? 'nothing' : entries.map(code).join(', ');

const section = (remediation: AnyRemediation): string => {
  const { id, title, fixes, autoWhen, permissions, cap, settleSeconds, exposesAgain } = remediation;
  return [
    `## ${id}`,
    `${title}.`,
    table(
      ['', ''],
      [
        [
          'fixes',
          fixes.length === 0
            ? 'what compliance.yml names it for'
            : fixes.map((control) => `[${control}](controls.md#${control})`).join(', '),
        ],
        ['without approval', 'never' in autoWhen ? `Never. ${autoWhen.never}` : autoWhen.says],
        [
          'undo',
          hasUndo(remediation)
            ? ['Yes.', ...(exposesAgain ? [exposesAgain] : [])].join(' ')
            : 'None: the reason is in the plan.',
        ],
        ['at most', `${cap} an hour for one control in one account, unless compliance.yml says otherwise`],
        ['looked at again', `after ${settleSeconds} s`],
        ['rights to read', list(permissions.capture)],
        ['rights to change', list(permissions.apply)],
        ['rights to undo', list(permissions.undo)],
      ],
    ),
    settings(remediation),
  ].join('\n\n');
};

function settings({ settings: schema }: AnyRemediation): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries(properties).map(([name, member]) => {
    const { description = '', default: byDefault } = typeof member === 'object' ? member : {};
    const value = required.includes(name) ? 'required' : code(JSON.stringify(byDefault ?? null));
    return [code(name), value, description];
  });
  return rows.length === 0 ? 'It has no settings.' : table(['setting', 'default', 'meaning'], rows);
}
