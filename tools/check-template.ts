import { readFileSync } from 'node:fs';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { type Problem, problemsOf, type Template } from './template-checks';

const FILE = '.serverless/cloudformation-template-update-stack.json';

/** `npm run check:template`, after `npx serverless package`: 0 clean, 1 problems, 2 there is no template to check. */
async function main(file = FILE): Promise<number> {
  const template: Template = JSON.parse(readFileSync(file, 'utf8'));
  const problems = [...invalid(file), ...(await problemsOf(template))];
  for (const { resource, says } of problems) console.error(`${resource}: ${says}`);
  const count = Object.keys(template.Resources).length;
  console.log(
    `${file}: ${count} resources, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
  );
  return problems.length === 0 ? 0 : 1;
}

/** What CloudFormation itself would refuse, by the schemas of its resource types. */
function invalid(file: string): Problem[] {
  const engine = new RegoEngine();
  try {
    return engine
      .validateStandard(new TemplateFile(file))
      .diagnostics.filter(({ severity }) => severity === 'FATAL' || severity === 'ERROR')
      .map(({ entity, ruleId, message, propertyPath }) => ({
        resource: entity?.logicalId ?? 'template',
        says: `${ruleId} ${message}${propertyPath === undefined ? '' : ` (${propertyPath})`}`,
      }));
  } finally {
    engine.free();
  }
}

main(process.argv[2]).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
