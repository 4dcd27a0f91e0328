/** One line that tells how far synth is; nothing where no person watches. */
export function progressLine(stream: NodeJS.WriteStream) {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  return {
    show: (site: string, index: number, count: number) =>
      void stream.write(`\r\x1b[Ksynth ${site} (${index + 1} of ${count})`),
    clear: () => void stream.write('\r\x1b[K'),
  };
}
