/**
 * Families of genres, each with words that a name of a genre of it has. A genre goes to the first family in this order
 * that has a word of its name, so the more telling words stand in the earlier families. Ours, and open to dispute.
 */

/** The families in order, with their words between spaces; `_` stands for a space within a word. */
const FAMILIES: readonly (readonly [family: string, words: string])[] = [
  [
    'Classical',
    'opera operatic choral choir chamber symphony symphonic orchestra orchestral baroque classical concerto cello violin early_music gregorian renaissance romanticism string_quartet serialism minimalism',
  ],
  ['Comedy', 'comedy comic spoken_word parody stand_up humour humor novelty'],
  ['Gospel', 'gospel worship spiritual hymn christian ccm praise devotional'],
  [
    'Reggae',
    'reggae dub ska dancehall rocksteady ragga lovers_rock roots_reggae riddim reggae_fusion',
  ],
  [
    'Latin',
    'latin latino latina salsa cumbia bachata reggaeton samba tango ranchera bolero merengue mariachi vallenato bossa_nova mpb forro bossa flamenco cuban mexican brazilian_pop latin_pop latin_jazz son norteno_pop',
  ],
  ['Hip Hop', 'rap hip_hop hiphop trap drill boom_bap grime phonk crunk bounce g_funk turntablism'],
  ['Jazz', 'jazz swing bebop bop fusion big_band ragtime dixieland'],
  ['Blues', 'blues boogie_woogie delta_blues jump_blues'],
  [
    'Country/Folk',
    'country bluegrass americana singer_songwriter honky_tonk cowboy western_swing outlaw_country',
  ],
  ['Funk/Disco', 'funk disco boogie go_go'],
  ['R&B', 'r&b rnb soul neo_soul motown rhythm_and_blues doo_wop urban_contemporary'],
  [
    'Experimental',
    'noise drone experimental avant_garde musique_concrete free_improvisation electroacoustic lo_fi field_recording',
  ],
  ['Easy Listening', 'lounge exotica easy_listening crooner adult_standards elevator_music'],
  [
    'Electronic/Dance',
    'techno house ambient trance electro electronic electronica edm drum_and_bass dubstep jungle breakbeat idm hardstyle gabber downtempo synthwave vaporwave chillout garage_house uk_garage dance eurodance electropop new_beat bass trip_hop',
  ],
  [
    'Rock',
    'rock indie punk metal hardcore shoegaze progressive grunge emo metalcore deathcore psychedelic alternative new_wave post_punk post_rock rockabilly surf britpop garage',
  ],
  [
    'Regional',
    'regional norteno norteño sertanejo enka schlager banda volksmusik manele turbo_folk',
  ],
  [
    'World/Traditional',
    'folk traditional fado klezmer gamelan raga afrobeat world celtic highlife soukous qawwali polka kora griot native folklore folklorica bhangra afropop mbalax juju raï rai taarab',
  ],
  ['Pop', 'pop chanson synthpop idol ballad k_pop j_pop c_pop teen_pop bubblegum europop'],
];

/** One row for each word: the place of its family, the family, the word. */
export function genreWords(): (readonly [place: number, family: string, word: string])[] {
  return FAMILIES.flatMap(([family, words], place) =>
    words.split(' ').map((word) => [place, family, word.replaceAll('_', ' ')] as const),
  );
}
