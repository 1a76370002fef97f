/** Whether a path of an archive stays inside the folder that it would be unpacked to. */
export function insidePath(name: string): boolean {
  return !/^[/\\]|^[A-Za-z]:/.test(name) && !name.split(/[/\\]/).includes("..");
}
