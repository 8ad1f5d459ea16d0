import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, parse, sep } from 'node:path';
import * as z from 'zod/mini';
import type { DeclareCommand } from '../cli/trailseal';
import { FindingEventDetail } from '../shared/contracts/trailseal/finding';
import type { Control } from '../shared/controls/control';
import type { Rulebook } from '../shared/policy/rulebook';
import { complianceJsonSchema } from '../shared/policy/schema';
import type { AnyRemediation } from '../shared/remediations/remediation';
import { Alert } from '../shared/tell/alerts/alert-schema';
import { deployedFunctions } from './deployed-functions';
import { renderCatalogue } from './reference/catalogue';
import { renderCommandLine } from './reference/command-line';
import { renderCompliance } from './reference/compliance';
import { type ControlFile, renderIndex } from './reference/control-index';
import { renderEvents } from './reference/events';
import { type RemediationFile, renderRemediationIndex } from './reference/remediation-index';
import { renderRemediations } from './reference/remediations';
import { renderTrailVerdicts } from './reference/trail-verdicts';

const root = dirname(__dirname);
const CONTROLS = join('shared', 'controls');
const REMEDIATIONS = join('shared', 'remediations');
/** Below them are the shelves, one per service. */
const KINDS = ['rules', 'verifications', 'detections', 'partners'];

interface GeneratedFile {
  /** From the project's root, with slashes. */
  readonly path: string;
  render(source: Source): string | Promise<string>;
}

/** What files are generated from. Controls come from the folders, not from the index, which may be about to change. */
interface Source {
  readonly files: readonly ControlFile[];
  readonly remediationFiles: readonly RemediationFile[];
  readonly rulebook: Rulebook;
}

/** Every generated file. A new one is a new line here. */
const generatedFiles: readonly GeneratedFile[] = [
  {
    path: 'shared/controls/index.ts',
    render: ({ files }) => formatted('shared/controls/index.ts', renderIndex(files)),
  },
  {
    path: 'shared/remediations/index.ts',
    render: ({ remediationFiles }) =>
      formatted('shared/remediations/index.ts', renderRemediationIndex(remediationFiles)),
  },
  {
    path: 'docs/reference/remediations.md',
    render: (source) => renderRemediations(source.remediationFiles.map(({ remediation }) => remediation)),
  },
  { path: 'docs/reference/controls.md', render: ({ rulebook }) => renderCatalogue(rulebook.controls) },
  {
    path: 'docs/reference/events.md',
    render: ({ rulebook }) => renderEvents(root, rulebook.controls, deployedFunctions(root)),
  },
  {
    path: 'docs/reference/compliance-yml.md',
    render: ({ rulebook }) => renderCompliance(complianceJsonSchema(rulebook)),
  },
  { path: 'docs/reference/command-line.md', render: async () => renderCommandLine(await commands()) },
  { path: 'docs/reference/trail-verdicts.md', render: () => renderTrailVerdicts() },
  {
    path: 'docs/schemas/compliance.schema.json',
    render: ({ rulebook }) => json(complianceJsonSchema(rulebook)),
  },
  {
    path: 'docs/schemas/alert.schema.json',
    render: () =>
      json(
        publishedSchema(
          Alert,
          'Trailseal alert',
          'The default message of the topic trailseal-<stage>-alerts.',
        ),
      ),
  },
  {
    path: 'docs/schemas/finding-event.schema.json',
    render: () =>
      json(
        publishedSchema(
          FindingEventDetail,
          'Trailseal finding event',
          'The detail of events on the bus trailseal-<stage>: source trailseal, detail-type "Finding <kind>".',
        ),
      ),
  },
];

/** The JSON Schema of what we send. Fields may be added within a version, so unknown ones are not refused. */
function publishedSchema(schema: z.core.$ZodType, title: string, description: string): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  return { $schema, title, description, ...rest };
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The text as `biome check` wants it. */
function formatted(path: string, text: string): string {
  const biome = require.resolve('@biomejs/biome/bin/biome');
  const run = spawnSync(process.execPath, [biome, 'check', '--write', `--stdin-file-path=${path}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`biome can't format ${path}: ${run.stderr}`);
  return run.stdout;
}

/** Each file on a shelf of shared/controls, with the control that it exports, sorted by the control's id. */
export async function controlFiles(): Promise<ControlFile[]> {
  const files = KINDS.flatMap((kind) =>
    readdirSync(join(root, CONTROLS, kind), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && file !== basename(file))
      .map((file) => join(kind, file)),
  );
  const loaded = files.map(async (file) => ({
    path: file.split(sep).join('/'),
    control: await controlIn(join(root, CONTROLS, file)),
  }));
  return (await Promise.all(loaded)).sort((a, b) => (a.control.id < b.control.id ? -1 : 1));
}

async function controlIn(file: string): Promise<Control> {
  const exported = await defaultOf<Control>(file);
  if (!exported || !('judge' in exported || 'detect' in exported || 'map' in exported))
    throw new Error(`${file}: expected a control as its default export`);
  return exported;
}

/** Each file in a folder of shared/remediations, with the remediation that it exports, sorted by its id. */
export async function remediationFiles(): Promise<RemediationFile[]> {
  const folder = join(root, REMEDIATIONS);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== basename(file))
    // What several of them read.
    .filter((file) => dirname(file) !== 'resources');
  const loaded = files.map(async (file): Promise<RemediationFile> => {
    const remediation = await defaultOf<AnyRemediation>(join(folder, file));
    if (remediation?.kind !== 'remediation')
      throw new Error(`${file}: expected a remediation as its default export`);
    return { path: file.split(sep).join('/'), remediation };
  });
  return (await Promise.all(loaded)).sort((a, b) => (a.remediation.id < b.remediation.id ? -1 : 1));
}

/** Each file of cli/commands declares the command that it is named by. */
async function commands(): Promise<Record<string, DeclareCommand>> {
  const folder = join(root, 'cli', 'commands');
  const declared = readdirSync(folder).map(async (file): Promise<[string, DeclareCommand]> => {
    const declare = await defaultOf<DeclareCommand>(join(folder, file));
    if (!declare) throw new Error(`${file}: expected a command as its default export`);
    return [parse(file).name, declare];
  });
  return Object.fromEntries(await Promise.all(declared));
}

async function defaultOf<T extends object>(file: string): Promise<T | undefined> {
  const module: { default?: T | { default?: T } } = await import(file);
  // A CommonJS module that is imported natively has its exports one level down.
  return (module.default && 'default' in module.default ? module.default.default : module.default) as
    | T
    | undefined;
}

/** @returns the generated files as they should be, by path */
export async function render(): Promise<ReadonlyMap<string, string>> {
  const files = await controlFiles();
  const found = await remediationFiles();
  const source = {
    files,
    remediationFiles: found,
    rulebook: {
      controls: files.map(({ control }) => control),
      remediations: found.map(({ remediation }) => remediation),
    },
  };
  return new Map(
    await Promise.all(
      generatedFiles.map(async (file): Promise<[string, string]> => [file.path, await file.render(source)]),
    ),
  );
}

/** @returns the paths of those that stand differently on disk, or not at all */
export function outdated(files: ReadonlyMap<string, string>): string[] {
  return [...files].filter(([path, text]) => read(path) !== text).map(([path]) => path);
}

/** Writes the files and @returns the paths of those that were different before */
export function write(files: ReadonlyMap<string, string>): string[] {
  const changed = outdated(files);
  for (const path of changed) writeFileSync(join(root, path), files.get(path) ?? '');
  return changed;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}
