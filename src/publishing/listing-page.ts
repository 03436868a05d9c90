/** The page a plain web host shows for a published tree: value → HTML, without script, style sheet or foreign address. */
import { formatSize } from '../base/sizes.ts';
import { xmlAttribute, xmlText } from '../formats/feed-text.ts';
import { type Edition, editionFolderName } from '../model/edition.ts';

/** The page for `edition`, with `publicKey` as minisign prints it. The same for the same input. */
export function listingPage(edition: Edition, publicKey: string): string {
  const { archive, number, date, volumes } = edition;
  const folder = `editions/${editionFolderName(number)}/`;
  const contact =
    archive.contact === undefined ? '' : `<p>Contact: ${xmlText(archive.contact)}</p>\n`;
  const name = xmlText(archive.name);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${name}</title>
<link rel="alternate" type="application/atom+xml" href="${folder}feed.atom">
<link rel="alternate" type="application/rss+xml" href="${folder}feed.rss">
<h1>${name}</h1>
<p>Edition ${number} of ${xmlText(date)}: ${edition.catalogue.tracks} tracks in ${volumes.length} volumes.
<a href="${folder}README.txt">How to check it</a>,
${[
  'edition.json',
  'catalogue.jsonl',
  'rights.jsonl',
  'torrents.json',
  'magnets.txt',
  'volumes.meta4',
  'SHA256SUMS',
]
  .map((file) => `<a href="${folder}${file}">${file}</a>`)
  .join(', ')}.</p>
<p>Public key: <code>${xmlText(publicKey)}</code></p>
${contact}<table>
<tr><th>Volume<th>Size<th>Files<th>Licences<th>
${volumes.map(rowOf).join('\n')}
</table>
</html>
`;
}

function rowOf(volume: Edition['volumes'][number]): string {
  const licences = volume.licences.map(({ licence }) => licence ?? 'by permission').join(', ');
  return [
    `<tr><td><a href="volumes/${volume.name}.tar">${volume.name}</a>`,
    formatSize(volume.sizeBytes),
    volume.members,
    xmlText(licences),
    `<a href="${xmlAttribute(volume.torrent)}">torrent</a>`,
  ].join('<td>');
}
