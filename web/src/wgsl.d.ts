/** Shaders lie beside what does the same on the CPU, in crates/augment; the build puts their text here. */
declare module "*.wgsl" {
  const code: string;
  export default code;
}
