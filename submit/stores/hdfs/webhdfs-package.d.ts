/**
 * Types for the part of the npm package webhdfs (1.2.0, without types of its own) that is used here: the URL of an
 * operation, and the meaning of an answer's status. Its request methods are not used.
 */
declare module 'webhdfs' {
  export interface ClientOptions {
    readonly protocol: string;
    readonly host: string;
    readonly port: string;
    readonly path: string;
    readonly user?: string;
  }

  /** What the package reads of an answer. `headers` must be a plain object with lower-case names. */
  export interface PackageResponse {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
  }

  export interface Client {
    /** Does not encode `path`: the caller must percent-encode it. */
    _getOperationEndpoint(
      operation: string,
      path: string,
      parameters: Readonly<Record<string, string>>,
    ): string;
    /** True for 200 and 201. */
    _isSuccess(response: PackageResponse): boolean;
    /** True for 301 and 307 with a location. */
    _isRedirect(response: PackageResponse): boolean;
  }

  const webhdfs: { createClient(options: ClientOptions): Client };
  export default webhdfs;
}
