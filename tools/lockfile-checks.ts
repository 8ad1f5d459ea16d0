/** package-lock.json (version 3), as far as the checks read it. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * What would make `npm ci` fail or act differently on another machine:
 * - a platform's package that a dependency names is not in the lock: npm on that platform has no binary, and refuses;
 * - a download address: it holds for the registry of the machine that wrote it;
 * - no integrity: nothing says that the same bytes come next time.
 */
export function lockfileProblems({ packages }: Lockfile): string[] {
  return Object.entries(packages).flatMap(([path, locked]) => [
    ...Object.keys(locked.optionalDependencies ?? {})
      .filter((name) => !isLocked(packages, path, name))
      .map((name) => `${path || 'the project'}: its optional package ${name} is not in the lock`),
    ...(locked.resolved !== undefined && /^[a-z+]+:\/\//i.test(locked.resolved)
      ? [`${path}: has a download address`]
      : []),
    ...(path !== '' && !locked.link && !locked.inBundle && !locked.integrity
      ? [`${path}: has no integrity`]
      : []),
  ]);
}

/** Looks where Node would: below the package itself, then in each node_modules around it. */
function isLocked(packages: Lockfile['packages'], from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}
