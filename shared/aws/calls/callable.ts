/** Keys to sign with, which clients ask for again when they are about to expire. */
export type Credentials = () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}>;

/** What a client of a service is made of; the endpoint is that of the environment unless it is given. */
export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials: Credentials;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}

/** As much of a client as making a call takes. */
export interface Client {
  send(command: object): Promise<object>;
}

/** A command, with the model of the service that says what stands in its answer. */
export interface Command {
  readonly schema?: unknown;
  readonly middlewareStack: {
    add(
      middleware: (next: (args: never) => Promise<unknown>) => (args: never) => Promise<unknown>,
      options: { readonly step: 'deserialize'; readonly priority: 'low'; readonly name: string },
    ): void;
  };
}

/** The actions of one service that may be called, and a client for them. */
export interface Callable {
  connect(settings: ClientSettings): Client;
  readonly commands: ReadonlyMap<string, new (input: object) => Command>;
}

/**
 * Clients and commands have types that differ from service to service, while calls that are given as data have none:
 * here they are let go.
 */
export const callable = (
  connect: (settings: ClientSettings) => object,
  commands: Readonly<Record<string, new (input: never) => object>>,
): Callable => ({
  connect: (settings) => connect(settings) as Client,
  commands: new Map(Object.entries(commands)) as unknown as Callable['commands'],
});
