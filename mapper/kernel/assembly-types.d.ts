/** AssemblyScript's types, as TypeScript sees them in assembly/layout.ts: all of them are numbers. */
declare type u32 = number;
declare type usize = number;
