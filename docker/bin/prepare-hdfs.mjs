// Creates the folders that a Hadoop distribution's installer would create. Safe to run again.
// Uses WebHDFS instead of "hadoop fs": a JVM start per command would double the cluster's start-up time.
const webhdfs = "http://namenode:9870/webhdfs/v1";
const deadlineMs = Date.now() + 300_000;

// A daemon may have created a folder first, and MKDIRS does not change its mode then: SETPERMISSION sets it.
const folders = [
  ["/tmp", "1777"],
  ["/user", "755"],
  ["/user/hadoop", "755"],
  ["/tmp/hadoop-yarn", "755"],
  ["/tmp/hadoop-yarn/staging", "1777"],
  ["/mr-history", "755"],
];

async function put(path, query) {
  for (;;) {
    let problem;
    try {
      const answer = await fetch(`${webhdfs}${path}?user.name=hadoop&${query}`, { method: "PUT" });
      problem = await answer.text();
      if (answer.ok) return;
    } catch (error) {
      problem = error.cause?.message ?? error.message;
    }
    // Try again: the NameNode may not be up yet, or still be in safe mode.
    if (Date.now() > deadlineMs) throw new Error(`Could not prepare ${path}: ${problem}`);
    await new Promise((resume) => setTimeout(resume, 500));
  }
}

for (const [path, mode] of folders) {
  await put(path, `op=MKDIRS&permission=${mode}`);
  await put(path, `op=SETPERMISSION&permission=${mode}`);
}
