import fc from 'fast-check';
import type { Json } from '../../../shared/contracts/aws/configuration-item';
import logging from '../../../shared/remediations/cloudtrail/cloudtrail-start-logging';
import { restored } from '../../../shared/remediations/differences';
import remediation from '../../../shared/remediations/ec2/sg-revoke-world-rule';
import { groupCase, mixedRules, rule, trailCase } from './cases';
import { sceneOf } from './scene';

/** The mended group, and what it was before. */
function mended() {
  const scene = sceneOf(remediation, groupCase(mixedRules));
  const captured = scene.capture();
  const proposal = scene.propose(captured);
  if ('refusal' in proposal) throw new Error(proposal.refusal.says);
  scene.apply(proposal.plan);
  return { scene, captured, left: scene.capture(), plan: proposal.plan };
}
const foreign = rule('foreign', { FromPort: 8080, ToPort: 8080, CidrIpv4: '192.0.2.9/32' });

test('its plan is the other way round, says what it exposes, and has a hash of its own', () => {
  const { scene, captured, left, plan } = mended();
  const proposal = scene.proposeUndo(captured, left);
  expect(proposal).toMatchObject({
    plan: {
      does: 'undo',
      before: plan.after,
      after: plan.before,
      notes: [remediation.exposesAgain, expect.stringContaining('new ids')],
    },
    overridden: [],
  });
  if ('plan' in proposal) expect(proposal.plan.hash).not.toBe(plan.hash);
});

test('it is refused where somebody changed the group since, with the three states', () => {
  const { scene, captured, left } = mended();
  scene.cloud.rules.push(foreign);
  expect(scene.proposeUndo(captured, left, scene.capture())).toMatchObject({
    refusal: { code: 'changed-since', says: expect.stringContaining('tcp 8080-8080 from 192.0.2.9/32') },
    differences: [{ captured: undefined, left: undefined, live: {} }],
  });
});

test('forced, it foresees what it comes to, the change of somebody else included', () => {
  const { scene, captured, left } = mended();
  scene.cloud.rules.push(foreign);
  const live = scene.capture();
  const proposal = scene.proposeUndo(captured, left, live, true);
  if (!('plan' in proposal)) throw new Error(proposal.refusal.says);
  expect(proposal.overridden).toHaveLength(1);
  scene.undo(captured, left, live);
  expect(remediation.meaning(scene.capture() as never)).toEqual(proposal.plan.after);
  expect(JSON.stringify(proposal.plan.after)).toContain('8080');
});

test('there is nothing to do where somebody has done it by hand', () => {
  const { scene, captured, left } = mended();
  expect(scene.proposeUndo(captured, left, captured, true)).toMatchObject({
    refusal: { code: 'nothing-to-do' },
  });
});

test('what restored evidence is not undone, forced or not', () => {
  const scene = sceneOf(logging, trailCase({}));
  const captured = scene.capture();
  expect(scene.proposeUndo(captured, captured, captured, true)).toMatchObject({
    refusal: { code: 'irreversible', says: expect.stringContaining('is evidence') },
  });
});

const json = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(fc.nat(3), fc.dictionary(fc.constantFrom('d', 'e'), fc.nat(3))),
) as fc.Arbitrary<Json>;

test('an undo of an untouched state comes to what was captured, and of no change to what is there', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(restored(a, b, b)).toEqual(a);
      expect(restored(a, a, b)).toEqual(b);
    }),
  );
});
