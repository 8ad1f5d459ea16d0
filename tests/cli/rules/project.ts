import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder } from '../test-shell';

/** A project with this compliance.yml. */
export function projectWith(compliance: string): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'compliance.yml'), compliance);
  return folder;
}
