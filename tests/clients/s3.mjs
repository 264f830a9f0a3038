// An S3-compatible server for the tests: knows one access key (S3RVER), keeps objects in a directory, and ends when it is killed.
import S3rver from "s3rver";

const directory = process.argv[2];
const server = new S3rver({
  address: "127.0.0.1",
  port: 0,
  silent: true,
  directory,
  configureBuckets: [{ name: "files" }],
});
const { port } = await server.run();
console.log("listening", JSON.stringify({ port }));
