import * as z from 'zod/mini';

/** AWS lists the state of an instance under both names. */
export const InstanceState = z.optional(
  z.nullable(z.object({ name: z.optional(z.string()), value: z.optional(z.string()) })),
);

const gone = ['terminated', 'shutting-down'];

/** @returns the state, if there is nothing left of the instance to judge */
export function goneState(state: z.infer<typeof InstanceState>): string | undefined {
  const lifecycle = state?.name ?? state?.value;
  return lifecycle !== undefined && gone.includes(lifecycle) ? lifecycle : undefined;
}
