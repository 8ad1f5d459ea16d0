import * as client from '@aws-sdk/client-ec2';
import { operationSchema, type Shape, shapeOf, xmlName } from '../../input-check';
import { isObject, type JsonObject } from '../../json';
import type { CallDetails } from '../../service';

/** Operations that CloudTrail writes as a translation of their XML, under the name of the request. */
const AS_XML = [
  'ModifySecurityGroupRules',
  'ModifyInstanceMetadataOptions',
  'CreateSnapshots',
  'CreateFlowLogs',
  'DeleteFlowLogs',
];

/** How CloudTrail calls lists of ids and tags, by how EC2 calls them in XML. */
const SETS: Readonly<Record<string, string>> = {
  InstanceId: 'instancesSet',
  GroupId: 'groupSet',
  SecurityGroupId: 'groupSet',
  ResourceId: 'resourcesSet',
  Tag: 'tagSet',
  TagSpecification: 'tagSpecificationSet',
  SecurityGroupRuleId: 'securityGroupRuleIds',
};

/** A call as CloudTrail records it, which writes those of EC2 in two ways of its own. */
export function recorded(action: string, input: object, output: unknown, requestId: string): CallDetails {
  const { input: inputSchema, output: outputSchema } = operationSchema(client as never, action);
  const { DryRun: _, ...parameters } = input as JsonObject;
  const answer = { requestId, ...asSets(outputSchema, isObject(output) ? output : {}) };
  if (!AS_XML.includes(action)) {
    const isVoid = Object.keys(answer).length === 1;
    return {
      requestParameters: asSets(inputSchema, parameters),
      responseElements: isVoid ? { ...answer, _return: true } : answer,
    };
  }
  const xmlns = 'http://ec2.amazonaws.com/doc/2016-11-15/';
  const translated = asXml(outputSchema, output ?? {}, false) as JsonObject;
  return {
    requestParameters: { [`${action}Request`]: asXml(inputSchema, parameters, true) },
    responseElements: { [`${action}Response`]: { xmlns, requestId, ...translated } },
  };
}

/** The older way: names as in XML, lists as `{ items: […] }`. */
function asSets(ref: unknown, value: JsonObject): JsonObject {
  const shape = shapeOf(ref);
  if (shape.kind !== 'structure') return {};
  return Object.fromEntries(
    members(shape, value).map(({ name, schema, inner }) => {
      const memberShape = shapeOf(schema);
      if (memberShape.kind !== 'list') return [lowerFirst(name), plain(schema, inner)];
      const items = (inner as unknown[]).map((entry) =>
        isObject(entry) ? plain(memberShape.value, entry) : { [lowerFirst(name)]: entry },
      );
      return [SETS[name] ?? lowerFirst(name), items.length === 0 ? {} : { items }];
    }),
  );
}

function plain(ref: unknown, value: unknown): unknown {
  const shape = shapeOf(ref);
  if (shape.kind === 'structure' && isObject(value)) {
    return Object.fromEntries(
      members(shape, value).map(({ member, name, schema, inner }) => {
        const memberShape = shapeOf(schema);
        if (memberShape.kind !== 'list') return [lowerFirst(name), plain(schema, inner)];
        const entries = (inner as unknown[]).map((entry) => plain(memberShape.value, entry));
        // Tags that are asked for stand in a plain list.
        if (member === 'Tags') return ['tags', entries];
        return [lowerFirst(name), entries.length === 0 ? {} : { items: entries }];
      }),
    );
  }
  return value;
}

/** The newer way: what a converter makes of XML. A single entry stands for its list, and is numbered in a request. */
function asXml(ref: unknown, value: unknown, numbered: boolean): unknown {
  const shape = shapeOf(ref);
  if (shape.kind !== 'structure' || !isObject(value)) return value;
  return Object.fromEntries(
    members(shape, value).map(({ name, schema, inner }) => {
      const memberShape = shapeOf(schema);
      const key = numbered ? upperFirst(name) : name;
      if (memberShape.kind !== 'list') return [key, asXml(schema, inner, numbered)];
      const entries = (inner as unknown[]).map((entry, index) => {
        const translated = asXml(memberShape.value, entry, numbered);
        if (!numbered) return translated;
        const content = isObject(translated) ? translated : { content: translated };
        return { tag: index + 1, ...content };
      });
      const list = entries.length === 1 ? entries[0] : entries;
      if (numbered) return [key, list];
      return [key, entries.length === 0 ? '' : { item: list }];
    }),
  );
}

const members = (shape: Shape & { kind: 'structure' }, value: JsonObject) =>
  Object.entries(value)
    .filter(([, inner]) => inner !== undefined && inner !== null)
    .map(([member, inner]) => {
      const schema = shape.members.get(member);
      // CloudTrail can't call a member by a word of Java.
      const name = xmlName(member, schema);
      return { member, name: name === 'return' ? '_return' : name, schema, inner };
    });

const lowerFirst = (name: string) => `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
const upperFirst = (name: string) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
