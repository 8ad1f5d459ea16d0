import type { ControlMetadata } from '../../../shared/controls/control';
import { aliasesOf, controlsNamed } from '../../../shared/policy/control-names';

const control = (id: string, frameworks: Partial<ControlMetadata['frameworks']>): ControlMetadata => ({
  id,
  version: 1,
  title: 'Something holds',
  severity: 'low',
  rationale: 'It must.',
  whatToDo: ['Make it hold.'],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: [],
    ...frameworks,
  },
});

const door = control('door', {
  awsConfig: ['SHUT'],
  securityHub: ['House.1'],
  cis: { '3.0.0': '5.2', '4.0.0': '5.3' },
});
const window = control('window', { awsConfig: ['SHUT'], nist80053r5: ['AC-3'] });

test('aliases are the names of AWS Config, Security Hub and CIS', () => {
  expect(aliasesOf(door)).toEqual(['SHUT', 'House.1', 'cis-3.0.0:5.2', 'cis-4.0.0:5.3']);
  expect(aliasesOf(window)).toEqual(['SHUT']);
});

test.each<[name: string, ids: string[]]>([
  ['door', ['door']],
  ['House.1', ['door']],
  ['cis-4.0.0:5.3', ['door']],
  ['SHUT', ['door', 'window']],
  ['AC-3', []],
  ['house.1', []],
  ['', []],
])('%s stands for %j', (name, ids) => {
  expect(controlsNamed(name, [door, window]).map(({ id }) => id)).toEqual(ids);
});

test('an id is never taken for an alias of another control', () => {
  const impostor = control('impostor', { securityHub: ['door'] });
  expect(controlsNamed('door', [impostor, door])).toEqual([door]);
});
