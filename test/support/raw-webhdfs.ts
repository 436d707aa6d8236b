import http from 'node:http';

/** FileStatus of WebHDFS. */
export interface RawStatus {
  readonly pathSuffix: string;
  readonly type: 'FILE' | 'DIRECTORY';
  readonly length: number;
  readonly fileId: number;
  readonly owner: string;
  readonly group: string;
  readonly permission: string;
  readonly blockSize: number;
  readonly replication: number;
  readonly childrenNum: number;
  readonly modificationTime: number;
}

/** A JSON answer of WebHDFS, which has one of these properties. */
export interface RawJson {
  readonly FileStatus?: RawStatus;
  readonly FileStatuses?: { readonly FileStatus: readonly RawStatus[] };
  readonly DirectoryListing?: {
    readonly partialListing: { readonly FileStatuses: { readonly FileStatus: readonly RawStatus[] } };
    readonly remainingEntries: number;
  };
  readonly ContentSummary?: Readonly<Record<string, unknown>>;
  readonly FileChecksum?: { readonly algorithm: string; readonly bytes: string; readonly length: number };
  readonly FsServerDefaults?: Readonly<Record<string, unknown>>;
  readonly XAttrs?: readonly { readonly name: string; readonly value: string }[];
  readonly Location?: string;
  readonly Path?: string;
  readonly Token?: unknown;
  readonly boolean?: boolean;
  readonly RemoteException?: {
    readonly exception: string;
    readonly javaClassName: string;
    readonly message: string;
  };
}

/** An answer with its body, unparsed. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether "100 Continue" came before it. */
  readonly hadContinue: boolean;
}

/** A request whose body is sent in pieces. */
export interface RawSending {
  readonly answer: Promise<RawAnswer>;
  write(bytes: Uint8Array): void;
  end(): void;
  /** Destroys the connection. */
  abort(): void;
}

/** Starts a request with a body of `lengthBytes`. Uses node:http, because fetch fails on an unasked-for 100. */
export function beginRequest(method: string, url: string, lengthBytes: number): RawSending {
  let hadContinue = false;
  const request = http.request(new URL(url), {
    method,
    agent: false,
    headers: { 'content-type': 'application/octet-stream', 'content-length': lengthBytes },
  });
  const answer = new Promise<RawAnswer>((resolve, reject) => {
    request.on('information', () => {
      hadContinue = true;
    });
    // The server may answer before the end of the body and then close the connection.
    request.on('error', reject);
    request.on('response', async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, body: Buffer.concat(chunks), hadContinue });
    });
  });
  // After `abort` nobody awaits the answer.
  answer.catch(() => undefined);
  request.flushHeaders();
  return {
    answer,
    write: (bytes) => request.write(bytes),
    end: () => request.end(),
    abort: () => request.destroy(),
  };
}

/** Sends one request and reads the whole answer. Does not follow redirects. */
export function rawRequest(
  method: string,
  url: string,
  body: Uint8Array = new Uint8Array(),
): Promise<RawAnswer> {
  const sending = beginRequest(method, url, body.length);
  if (body.length > 0) sending.write(body);
  sending.end();
  return sending.answer;
}

export function jsonOf({ body }: RawAnswer): RawJson {
  return JSON.parse(body.toString('utf8'));
}

/** Status, exception and first line of the message: `404 FileNotFoundException: File does not exist: /x`. */
export function refusalOf(answer: RawAnswer): string {
  const { RemoteException: remote } = jsonOf(answer);
  return `${answer.status} ${remote?.exception}: ${remote?.message.split('\n', 1)[0]}`;
}
