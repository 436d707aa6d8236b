/**
 * The part of the npm package webhdfs (1.2.0, which brings no types) that this project stands on: the address of an
 * operation, with its user, and what the status of an answer means. Its own requests are not used.
 */
declare module 'webhdfs' {
  export interface ClientOptions {
    readonly protocol: string;
    readonly host: string;
    readonly port: string;
    readonly path: string;
    readonly user?: string;
  }

  /** What the package looks at in an answer. `headers` has to be an ordinary object, names in lower case. */
  export interface PackageResponse {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
  }

  export interface Client {
    /** Puts `path` into the address as it is: it has to be percent-encoded. */
    _getOperationEndpoint(
      operation: string,
      path: string,
      parameters: Readonly<Record<string, string>>,
    ): string;
    /** 200 and 201. */
    _isSuccess(response: PackageResponse): boolean;
    /** 301 and 307 that say where to. */
    _isRedirect(response: PackageResponse): boolean;
  }

  const webhdfs: { createClient(options: ClientOptions): Client };
  export default webhdfs;
}
