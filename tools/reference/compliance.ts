import { code, GENERATED, page, table } from './markdown';

/** As much of JSON Schema as ours uses. */
interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  /** `#/definitions/NAME` */
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** docs/reference/compliance-yml.md: every key of compliance.yml, out of the schema that editors complete it by. */
export const renderCompliance = (schema: object): string =>
  page([
    GENERATED('shared/policy'),
    '# compliance.yml',
    'What a deployment watches, what it does about each control, and what is exempt. It is checked by `npm run check:config` and before every packaging; editors complete it by [../schemas/compliance.schema.json](../schemas/compliance.schema.json).',
    keyTable(schema as Schema),
    ...Object.entries((schema as Schema).definitions ?? {}).flatMap(([name, definition]) => [
      `## ${name}`,
      keyTable(definition.items ?? definition),
    ]),
  ]);

const keyTable = (schema: Schema): string => table(['key', 'value', 'meaning'], rows('', schema));

function rows(path: string, schema: Schema): string[][] {
  const { properties = {}, required = [] } = plain(schema);
  return Object.entries(properties).flatMap(([key, found]) => {
    const member = plain(found);
    const name = path === '' ? key : `${path}.${key}`;
    const meaning = [member.description ?? '', required.includes(key) ? 'Required.' : '']
      .filter(Boolean)
      .join(' ');
    const inside = member.items === undefined ? rows(name, member) : rows(`${name}[]`, member.items);
    return [[code(name), valueText(member), meaning], ...inside];
  });
}

/** Every key may also be left empty: that alternative says nothing. */
function plain(schema: Schema): Schema {
  const [only, ...others] = (schema.anyOf ?? []).filter(({ type }) => type !== 'null');
  return only && others.length === 0
    ? { ...only, ...(schema.description ? { description: schema.description } : {}) }
    : schema;
}

function valueText({
  type,
  const: constant,
  enum: choices,
  items,
  default: byDefault,
  anyOf,
  $ref,
}: Schema): string {
  if ($ref !== undefined) return linkTo($ref);
  const kind =
    constant !== undefined
      ? code(JSON.stringify(constant))
      : choices
        ? choices.map((choice) => code(String(choice))).join(', ')
        : items
          ? `list of ${valueText(plain(items)) || 'mappings'}`
          : anyOf
            ? anyOf.map(valueText).filter(Boolean).join(' or ')
            : type === 'object'
              ? ''
              : (type ?? '');
  return byDefault === undefined ? kind : `${kind} (default ${code(JSON.stringify(byDefault))})`;
}

function linkTo(ref: string): string {
  const name = ref.replace('#/definitions/', '');
  return `[${name}](#${name})`;
}
