/**
 * The part of the npm package webhdfs (1.2.0, which brings no types) that this project stands on: addresses, the
 * user, and its request layer with the decision what is an error.
 */
declare module 'webhdfs' {
  import type { IncomingMessage } from 'node:http';

  export interface ClientOptions {
    readonly protocol: string;
    readonly host: string;
    readonly port: string;
    readonly path: string;
    readonly user?: string;
  }

  export type RequestCallback = (
    error: Error | null,
    response?: IncomingMessage & { readonly statusCode: number },
    body?: unknown,
  ) => void;

  export interface Client {
    _getOperationEndpoint(
      operation: string,
      path: string,
      parameters: Readonly<Record<string, string>>,
    ): string;
    _sendRequest(method: string, url: string, callback: RequestCallback): { abort(): void };
    /** Makes the exception that a callback gets for an answer with an error status. */
    _parseError(body: unknown, strict: boolean, statusCode: number): Error;
  }

  const webhdfs: {
    createClient(options: ClientOptions, requestOptions: Readonly<Record<string, unknown>>): Client;
  };
  export default webhdfs;
}
