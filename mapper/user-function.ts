/** A user's function threw, or returned what is no result; `cause` is what it threw. */
export class UserFunctionError extends Error {
  constructor(functionName: string, cause: unknown) {
    super(`Function ${functionName} failed`, { cause });
    this.name = 'UserFunctionError';
  }
}
