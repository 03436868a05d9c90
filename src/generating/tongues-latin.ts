/**
 * Words of tongues written in Latin letters, the commonest first, with the syllables that their rarer words and names are
 * made of. Written for the generator; no title of anyone is meant.
 */
import type { Tongue } from './tongue.ts';

const split = (text: string): string[] => text.trim().split(/\s+/);

/** The tongues in Latin letters. */
export const LATIN_TONGUES: readonly Tongue[] = [
  {
    name: 'English',
    language: 'eng',
    share: 0.462,
    gap: ' ',
    vocabulary: 1_200_000,
    words: split(`the you love me of in my to a and i on your night for it it's no don't time life
      one heart with all baby is this day up dream down blue home world out new get never way light be go
      good back little so man girl sun from song dance fire away let what when we rain like at not boy
      star black over eyes moon old come lost live soul long sky god last mind gone river summer high
      house city big wild free sweet road train gold water white if red lonely run feel take ain't around
      morning say broken how money angel silent tonight winter street deep only bad crazy kiss beautiful
      falling ghost shadow freedom another stay under dark young war ocean forever wait queen king blood
      easy hands stone hold christmas without every into waiting cold bird smoke nothing flower mother
      radio paradise mountain golden electric echo hollow velvet lullaby horizon gravity satellite
      midnight wonder thunder memory whisper mirror machine island garden letter silver honey diamond
      lantern harbour meadow ember orchard kettle anchor feather compass willow lighthouse copper
      avalanche monsoon parade carousel telegraph postcard umbrella window staircase elevator corridor
      suitcase typewriter photograph kaleidoscope labyrinth cathedral chandelier aurora eclipse solstice
      harvest drought furnace timber gravel concrete asphalt neon static signal transmission frequency`),
    givenNames:
      split(`john mary james anna david emma michael sarah robert alice william kate daniel laura
      thomas grace peter lucy george helen jack ruby sam olive henry ida walter nora frank june`),
    syllables:
      split(`ab ack ad al am an ar ash ath bel ben ber bo bran bri bro car cas cham chan cla col
      con cor cul dal dan del den der dor dun ed el em en er fal far fen fin flo ford gal gar gen glen
      gran gra hal ham har hart hen hol hur in ing ir is jas ken ker kin lan lar len ley lin lo lor low
      mal man mar mel mer mil mon mor nal nel ner nor ol on or pan par pen per pol ran ray rem ren ric
      ridge ro ron ros ry sal san sar sel shan shel sin son stan ster sul tal tam tan tar ten ter ton tor
      tra ul un val van ver vin wal wan war wel wen wick win wood worth wyn`),
  },
  {
    name: 'Spanish',
    language: 'spa',
    share: 0.115,
    gap: ' ',
    vocabulary: 500_000,
    words:
      split(`de la el mi amor que no te corazón tu en un vida los me una noche y con para por sin
      quiero las del se yo es ya si día más luna tú sol como siempre amar mundo todo niña adiós cielo
      mujer tierra mar bonita fuego camino solo alma dolor ojos tiempo flor loco así canción nunca rey
      baila beso calle sangre sueño perdón agua lluvia recuerdo mañana cumbia corrido olvido guitarra
      soledad estrella madre pueblo azul señor cariño viento paloma libertad caballo cómo qué él años
      verano ciudad carretera ventana jardín lágrimas mentira verdad fiesta esperanza tristeza alegría`),
    givenNames:
      split(`josé maría juan ana luis carmen carlos rosa miguel lucía jesús elena pedro sofía
      ángel pilar rafael inés manuel marta andrés julia ramón teresa raúl nuria`),
    syllables:
      split(`al an ar ba be bra ca can car ce cha chi co con cu da de del do dor e el en es fa fe
      flo ga gar go gue guz i in ja jo la lan las le les li lla lle llo lo los lu ma man mar me men mi mo
      mon mu na ne ni no ñe ño o or os pa pe pi po pra qui ra re rez ri ro rra ru sa san se si so su ta te
      ti to tra tri tu u va ve vi vo ya zá zo`),
  },
  {
    name: 'Portuguese',
    language: 'por',
    share: 0.06,
    gap: ' ',
    vocabulary: 350_000,
    words:
      split(`o a de que do amor não e você da em eu meu no coração um saudade vida minha samba ao
      vivo pra é na se tudo mais me te bem noite só deus sem dia mar céu mundo lua sol paixão menina
      tempo casa volta chão rio solidão verão flor manhã canção perdão ilusão viola baile sertão morena
      estrela caminho luz água janela cidade madrugada lembrança avião João irmão sonho dança felicidade
      tristeza rua trem areia maré praia vento pássaro alegria silêncio promessa`),
    givenNames:
      split(`joão maria josé ana antônio francisca carlos luiza paulo rita pedro beatriz lucas
      fernanda luís marisa caetano inês tomás simone`),
    syllables:
      split(`a al an ba bei bra ca car ce cha cla co cor da de dei do dra e es fa fer fi fon ga go
      gui i io ja ju la le lha lho li lo lu ma me mei men mi mo mu na ne nha nho ni no nu o pa pe pi po
      pra qui ra re rei ri ro ru sa se si so sou su ta te tei ti to tra tu u va ve vei vi vo xa xe zei zo`),
  },
  {
    name: 'French',
    language: 'fra',
    share: 0.04,
    gap: ' ',
    vocabulary: 350_000,
    words:
      split(`la le de l'amour les un je et à tu du une des dans pas mon est ma en nuit sur pour moi
      vie c'est d'amour toi temps ne chanson petit cœur soleil jour où monde été l'été noir rêve mer
      qu'on ciel fleur bleu rue belle fille chante vent étoile lune pluie au revoir bonjour jamais seul
      liberté paradis souvenir ombre feu eau terre maison enfant mère père ami valse île forêt fenêtre
      château café hiver printemps automne déjà français ça même après là élève âme`),
    givenNames:
      split(`jean marie pierre jeanne michel claire jacques françoise rené hélène andré élise
      louis chloé marcel zoé gaël noémie émile inès`),
    syllables:
      split(`a ai an ar au ba beau ber bon bou bre bri ca cha char che clai co cour dan de dé di
      do dre du e é eau el en er fa fon for ga gi gné gne gui guy i ier in jo la lan le lé li lin lo lou
      ma mar mau me mi mon mo na ne nier no o on ou pa pe pi pin poi pont quet ra re ré ret ri rieux ro
      roche rou sa sé si sier so sou ta te té ti tou tre u va val ve vi vier ville voi yer`),
  },
  {
    name: 'German',
    language: 'deu',
    share: 0.032,
    gap: ' ',
    vocabulary: 400_000,
    words:
      split(`der die ich und du das in ein nicht mein liebe ist mit dem nacht von wir für auf so den
      leben eine im dich zu es mich wenn tag was zeit nur wie herz welt alles nach wieder himmel sonne
      weg licht traum zurück heimat mädchen über schön sterne wasser blau haus straße lied tanz feuer
      regen grün meer kein mehr immer nie frei allein morgen abend sommer winter wald vögel blume mutter
      vater kind könig engel glück schnee größe süß müde fünf tür höher brücke märchen weihnacht stille`),
    givenNames:
      split(`hans anna peter ursula jürgen heike wolfgang sabine klaus jörg käthe günther birgit
      stefan ute lars nele jonas frieda`),
    syllables:
      split(`ach al an ar bach bar bau bel ben ber berg blu bor brun burg chen dau del den der
      dorf eck ehr ei el em en er fal feld fels fin fried ger glück gol grün hag hard hau hein heim her
      hof holz horn hu ing jä kam kel ken kir klein köh kra kro lan land lau ler lich lin loh lö mann mar
      mei mel men mer mül mün nau ner neu nie ober pel pfer ra rath reich rei rich rin ro rü schä schei
      schmidt schnei schu see stein ster strauß tal ten ter thal über ul vo wag wal wei wer win wolf zen`),
  },
  {
    name: 'Italian',
    language: 'ita',
    share: 0.026,
    gap: ' ',
    vocabulary: 300_000,
    words:
      split(`di la amore il che e non un mi te più a è per me in del sei una io notte vita cuore mare
      con tu sole mia tutto solo senza come si tempo mondo dove bella canzone sempre cielo luna ti le
      strada estate rosa occhi stella ancora perché città felicità così sarà verità vento acqua fuoco
      domani ieri oggi donna uomo piccola grande rosso nero bianco treno casa finestra ballo festa
      primavera inverno mamma ragazza napoli roma ciao addio lontano libertà giorno pioggia sogno`),
    givenNames:
      split(`giuseppe maria giovanni anna luca chiara marco giulia paolo francesca andrea lucia
      niccolò elena matteo teresa`),
    syllables:
      split(`a ac an ar ba bel ber bi bo bra ca can car ce chi ci co col con cu da de del di do e
      el er fa fer fi fo fra ga gio glia go gra i in la lan le li lo lu ma man mar mi mo mon na nel ni no
      nu o or pa pe pel pi po pra que ra re ri ro ron ros ru sa san sca se si so sta ta tar te ti to tra
      tri tto u va vel ve vi vo za zi zo zza`),
  },
  {
    name: 'Turkish',
    language: 'tur',
    share: 0.017,
    gap: ' ',
    vocabulary: 250_000,
    words:
      split(`bir aşk sen ben gel beni seni gece gönül yar bu ne sana bana dünya gibi kalbim yalan gül
      deniz güzel var yok kara gidiyorum sevda gözler yağmur hasret bahar türkü yıldız sensiz olmaz
      kader ayrılık unutma şarkı düş güneş çiçek ışık su ateş yol anne dön rüya istanbul köy dağ`),
    givenNames: split(
      `mehmet ayşe mustafa fatma ahmet zeynep ali emine hüseyin sezen barış nilüfer`,
    ),
    syllables:
      split(`a ak al an ar ba bay bel ber can ce ci çe çi da dağ de di do dur e el en er ge gö gü
      gün ha hi i ı ın ka kan kar kay ke kı ki ko kö ku la lar le ler li lı lu lü ma men mez mi mu na ni
      nur o oğ ol oğlu öz pa ra rı ru sa say se sı soy su şa şe şi ta tan te ti toprak tu tür u ü va ve ya
      yal yaz ye yıl yu zan ze`),
  },
  {
    name: 'Polish',
    language: 'pol',
    share: 0.013,
    gap: ' ',
    vocabulary: 250_000,
    words:
      split(`w nie i na się z to jest miłość do mój świat ja ty życie noc czas bez jak dzień kiedy serce
      dom kocham słońce ze deszcz cisza wiatr gdzie ona on wiosna jesień zima pieśń gwiazda księżyc droga
      łzy ziemia niebo morze góry ogień woda dziewczyna chłopak matka wolność sen nadzieja koniec początek
      dziś jutro wczoraj miasto ulica okno drzwi kwiat róża źródło łąka żal śnieg ćma`),
    givenNames:
      split(`jan anna stanisław maria andrzej katarzyna józef małgorzata łukasz agnieszka paweł
      zofia michał grażyna`),
    syllables:
      split(`a an bar be bia bo bor bra bu ce chow cie czak czy da dą do dra du dzi e ga gaj go gór
      gro gu i ja jan je ka ki ko kow kra krze ku la le li lo lu ła łu ma mar mi mo mu na nie no no nia o
      pa pie po ra ro ry rze sa ska ski sko so sta su sza szcz szy ta to tu tysz u wa we wi wicz wo wsk
      wy za zą ze zi zy ża żel`),
  },
  {
    name: 'Vietnamese',
    language: 'vie',
    share: 0.012,
    gap: ' ',
    vocabulary: 60_000,
    words:
      split(`em anh yêu tình người một không mưa đêm buồn đời nhớ xa mùa ngày xuân trong cho nào tôi
      về là có đi nắng hoa thương trái tim con mẹ quê hương đường chiều thu mộng biển sông trăng nước mắt
      hạnh phúc cuộc sống giấc mơ thành phố đợi chờ mãi vẫn sẽ đừng hãy với ta mình`),
    givenNames: split(`nguyễn trần lê phạm hoàng phan vũ đặng bùi đỗ hồ ngô linh thủy hương tuấn`),
    syllables:
      split(`an ánh bảo bình cát châu chi công cường diễm dũng duy đào đức gia giang hà hải hạnh
      hiền hiếu hoa hòa hồng huệ hùng huy khánh khoa kim lam lan liên loan long mai minh mỹ nam nga ngân
      ngọc nhật nhung oanh phong phú phương quang quốc quỳnh sơn tâm tân thanh thảo thi thiên thu thúy
      tiến toàn trang trí trinh trung tú tùng uyên vân việt vinh xuân yến`),
  },
  {
    name: 'Indonesian',
    language: 'ind',
    share: 0.025,
    gap: ' ',
    vocabulary: 200_000,
    words:
      split(`cinta aku kamu yang di hati ku tak mu dan untuk rindu kau ini bukan malam dalam bila kita
      satu hidup jangan kasih sayang itu lagi hujan bulan bintang mimpi pergi pulang selamat tinggal
      kembali dunia matahari langit laut senja pagi hari lagu rumah ibu ayah teman sahabat jalan air
      mata bunga indah sendiri selalu pernah akan masih terakhir pertama`),
    givenNames: split(`budi siti agus dewi rudi putri ahmad rina iwan ayu bambang sri adi melati`),
    syllables:
      split(`a an ar ba bar be bi bu ca da dar de di du ga gar gi gu ha har hi i in ja jar jo ka kar
      ki ku la lan le li lu ma man mar me mi mu na nan ndra ni no nu nga o pa pra pu ra ri ru sa san si
      sri su ta tan ti to tra tri tu u wa wan wi ya yan yo`),
  },
];
