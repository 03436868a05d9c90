/**
 * Titles, artists and albums as people name music in fifteen tongues, thirty titles each, and what someone would type to
 * find one. Written for tests of folding, search and matching; whatever they are like, no recording is meant.
 */
import { MORE_TITLE_SAMPLES, type TitleSamples } from './more-title-samples.ts';

/** A track of the samples. */
export interface SampleTrack {
  readonly id: string;
  readonly tongue: string;
  readonly title: string;
  readonly artist: string;
  readonly album: string;
}

const lines = (text: string): string[] =>
  text
    .trim()
    .split('|')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '));

/** The samples by tongue. */
export const TITLE_SAMPLES: readonly TitleSamples[] = [
  {
    tongue: 'French',
    artists: lines(`Élise Aubépine|Les Hérons d'Été|Noël Crèvecœur|Ça Ira Loin|Ô Façade`),
    albums: lines(`Fenêtre sur l'Île|Le Cœur à l'Envers|Déjà l'Automne`),
    titles:
      lines(`Été à Brême|L'Âme sœur|Où vas-tu, Zoé ?|Cœur fêlé|Naïveté|Façades|À bientôt, peut-être|Ça ne
      fait rien|Le Maître d'hôtel|Noël sans neige|Hélène et le hérisson|Île déserte|Garçon, l'addition !|Œuvre
      inachevée|Crème brûlée|Le Tramway n° 7|Forêt d'août|Théâtre fermé|L'Élève distrait|Bêtises|Août à
      Besançon|Sous l'érable|Mañana, dit-elle|J'ai perdu l'heure|Aïe !|Dîner à Liège|Pâques|Le Rêve de
      Léo|Bientôt l'aube|Tu m'as dit « jamais »`),
    asked: [
      ['ete a breme', 'Été à Brême'],
      ['COEUR FELE', 'Cœur fêlé'],
      ['ou vas tu zoe', 'Où vas-tu, Zoé ?'],
      ['oeuvre inach', 'Œuvre inachevée'],
    ],
  },
  {
    tongue: 'German',
    artists: lines('Björn Hüttenrauch|Die Müßiggänger|Fräulein Käuzchen|Straßenköter|Über Land'),
    albums: lines('Größe Null|Zwölf Türen|Süßes Nichts'),
    titles:
      lines(`Über den Dächern|Größer als wir|Straße ohne Ende|Müde Füße|Käfer im Gehäuse|Schöne
      Grüße aus Görlitz|Süß und bitter|Fünf vor zwölf|Das Mädchen mit dem Löffel|Weiße Nächte|Äpfel|Gänsehaut im
      Märzen|Brückentag|Früher war mehr Lametta nötig|Tür an Tür|Ölspur|Heiß und kalt|Zürich, ja|Gemütlich|Kein
      Schloß mehr|Jörg fährt heim|Frühstück um drei|Nußbaum|Die Möwe|Häuser aus Papier|Rückwärts zählen|Spaß
      beiseite|Überall Schnee|Wörterbuch der Stille|Höhenangst`),
    asked: [
      ['uber den dachern', 'Über den Dächern'],
      ['strasse ohne ende', 'Straße ohne Ende'],
      ['MÜDE FÜSSE', 'Müde Füße'],
      ['gansehaut', 'Gänsehaut im Märzen'],
    ],
  },
  {
    tongue: 'Polish',
    artists: lines('Łucja Żółw|Świerszcze|Michał Gęś|Źródło Ciszy|Krzysztof Ćma'),
    albums: lines('Łąka po deszczu|Pół żartem|Święto śniegu'),
    titles:
      lines(`Żółta łódź|Gęsia skórka|Świt nad Wisłą|Źle śpię|Ćma|Łóżko pod oknem|Pójdźmy boso|Zażółć|Jaźń|
      Nić|Śnieg w maju|Późno już|Dąb i brzoza|Księżyc nad Łodzią|Mąż Zofii|Wódz bez wojska|Ósmy dzień|Gdzie jest
      Żaneta|Krótki list|Sól|Trzęsienie ziemi w szklance|Pięć groszy|Ślimak|Młyn|Róża wiatrów|Jesień,
      jeszcze|Szczęście na raty|Głucha cisza|Ławka|Dzień dobry, noc`),
    asked: [
      ['zolta lodz', 'Żółta łódź'],
      ['swit nad wisla', 'Świt nad Wisłą'],
      ['ksiezyc nad', 'Księżyc nad Łodzią'],
    ],
  },
  {
    tongue: 'Turkish',
    artists: lines('Işıl Güneş|İnce Çizgi|Çağlar Öztürkü|Rüzgâr ve Şule|Ayşe Iğdır'),
    albums: lines('Kırık Şişe|Gölgeler|İki Kıyı'),
    titles:
      lines(`Işıklar söndü|İstanbul'da yağmur|Gül ağacı|Çocukluğum|Şarkısız kaldım|Ölü deniz|Ümit|Değirmen|
      Kış güneşi|Yıldızlara mektup|Ağlama ağaç|Sensizliğin sesi|Küçük balık|Dağlar duman|İlk öpücük|Rüya gibi|Gözüm
      yolda|Ihlamur kokusu|Bir avuç su|Köprü|Yalnızlık şiiri|Üç elma|Şimdi değil|Öğle uykusu|İğne iplik|Çay bahçesi|
      Uçurtma|Kırmızı bisiklet|Sığınak|Ayrılık vakti`),
    asked: [
      ['istanbul da yagmur', "İstanbul'da yağmur"],
      ['çay bahçesi', 'Çay bahçesi'],
      ['kirmizi bisiklet', 'Kırmızı bisiklet'],
      ['kis gunesi', 'Kış güneşi'],
    ],
  },
  {
    tongue: 'Vietnamese',
    artists: lines('Ngọc Ánh Dương|Trần Lữ Khách|Mưa Chiều|Đặng Thuỳ Mai|Sông Cạn'),
    albums: lines('Gác nhỏ|Mùa lúa chín|Đường về'),
    titles:
      lines(`Chiều bên sông|Đêm không ngủ|Mưa đầu mùa|Người về từ biển|Lá rơi|Nắng ấm quê mẹ|Đợi em cuối
      phố|Khúc hát ru|Thư gửi Hà Nội|Giấc mơ trưa nay|Bến cũ|Hoa sữa nở muộn|Trăng khuya|Cơn gió lạ|Một mình|Tháng
      Giêng|Ước gì|Ngõ vắng|Con đò nhỏ|Chuyến tàu đêm ấy|Tiếng ve|Đôi mắt buồn|Lời hứa|Phố núi|Chờ|Hạ trắng tinh|Bài
      ca người thợ|Quán vắng|Về đi thôi|Vì sao`),
    asked: [
      ['chieu ben song', 'Chiều bên sông'],
      ['dem khong ngu', 'Đêm không ngủ'],
      ['thu gui ha noi', 'Thư gửi Hà Nội'],
    ],
  },
  ...MORE_TITLE_SAMPLES,
];

const VERSIONS = ['', ' (Live)', ' - Remastered', ''];

/**
 * A thousand tracks of the samples, those of one tongue together: each title once as it is, then again by other artists, live
 * or remastered, until there are a thousand.
 */
export function sampleTracks(): SampleTrack[] {
  const pairs = TITLE_SAMPLES.flatMap((samples) =>
    samples.titles.map((title, at) => ({ samples, title, at })),
  );
  return Array.from({ length: 1000 }, (_, number) => {
    const { samples, title, at } = pairs[number % pairs.length]!;
    const round = Math.floor(number / pairs.length);
    const pick = (choices: readonly string[]) => choices[(at + round) % choices.length]!;
    return {
      id: `table-samples:${number + 1}`,
      tongue: samples.tongue,
      title: title + VERSIONS[round]!,
      artist: pick(samples.artists),
      album: pick(samples.albums),
    };
  });
}
