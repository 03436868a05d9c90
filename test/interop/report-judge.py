"""What a report must say of a table of songs, computed from the table alone: the judge of its queries.

Usage: report-judge.py songs|plays REPORT TABLE. Prints one line of JSON: the names of the statistics that were judged,
and what is wrong in them. Only Python's own library.
"""
import collections
import csv
import gzip
import json
import math
import os
import re
import statistics
import sys
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

KEYS = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B']
# By the name of the report: the column of the table, and how many digits a snapshot keeps.
FEATURES = {
    'tempo': ('tempo', 2), 'loudness': ('loudness', 2), 'energy': ('energy', 4), 'danceability': ('danceability', 4),
    'valence': ('valence', 4), 'speechiness': ('speechiness', 4), 'instrumentalness': ('instrumentalness', 4),
    'acousticness': ('acousticness', 4), 'liveness': ('liveness', 4),
}
LONG_S = [600, 900, 1200, 1800, 3600, 7200, 14400, 43200, 86400]

kind, folder, table = sys.argv[1:]
judged, wrong = [], []


def told(name):
    with open(os.path.join(folder, name + '.json'), encoding='utf-8') as file:
        return json.load(file)


def check(name, rows, counted=None, near=0.0):
    """The rows of a statistic, cell by cell, and how many tracks it says were counted."""
    judged.append(name)
    have = told(name)['rows']
    if len(have) != len(rows):
        wrong.append(f'{name}: {len(have)} rows, {len(rows)} wanted')
    for ours, theirs in zip(rows, have):
        for one, other in zip(ours, theirs):
            same = one == other
            if isinstance(one, float) and other is not None:
                same = abs(one - other) <= near + 1e-9
            if not same:
                wrong.append(f'{name}: {theirs}, {list(ours)} wanted')
                break
    account = next((each for each in told(name)['accounts'] if each['of'].split(' (')[0] == 'tracks'), None)
    if counted is not None and account['counted'] != counted:
        wrong.append(f'{name}: {account["counted"]} counted, {counted} wanted')


def check_accounts(tracks):
    """Of every statistic: what was counted and what was missing make all tracks there are."""
    for file in sorted(os.listdir(folder)):
        if not file.endswith('.json') or file.endswith('.vl.json') or file == 'report.json':
            continue
        for account in told(file[:-5])['accounts']:
            total = account['counted'] + sum(line['count'] for line in account['missing'])
            if account['of'].split(' (')[0] == 'tracks' and total != tracks:
                wrong.append(f'{file}: {total} of {tracks} tracks accounted for')


def number(text):
    return None if text in ('', 'NA') else Decimal(text)


def kept(text, digits):
    value = number(text)
    return None if value is None else value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def classes(values, width):
    counts = collections.Counter(math.floor(value / width) * width for value in values if value is not None)
    return [(at, at + width, counts[at]) for at in sorted(counts)]


def singles(values):
    counts = collections.Counter(value for value in values if value is not None)
    return [(at, at, counts[at]) for at in sorted(counts)]


def known(values):
    return sum(value is not None for value in values)


def folded(title):
    plain = ''.join(c for c in unicodedata.normalize('NFKD', title) if not unicodedata.combining(c)).casefold()
    return ' '.join(re.findall(r'\w+', plain.replace("'", ' ').replace('_', ' ')))


def judge_songs():
    with gzip.open(table, 'rt', encoding='utf-8', newline='') as file:
        lines = [row for row in csv.DictReader(file) if 'NA' not in (row['track_name'], row['track_artist'])]
    first = {}
    for row in lines:
        first.setdefault(row['track_id'], row)
    rows = list(first.values())
    ms = [None if number(row['duration_ms']) is None else int(number(row['duration_ms'])) for row in rows]
    seconds = [None if value is None else value // 1000 for value in ms]
    years = [None if number(row['track_album_release_date'][:4]) is None else int(row['track_album_release_date'][:4]) for row in rows]
    popularity = [None if number(row['track_popularity']) is None else int(row['track_popularity']) for row in rows]
    features = {name: [kept(row[column], digits) for row in rows] for name, (column, digits) in FEATURES.items()}
    check_accounts(len(rows))
    check('tracks-by-popularity', singles(popularity), known(popularity))
    check('tracks-by-year', singles(years), known(years))
    short = [value if value is not None and value < 600 else None for value in seconds]
    check('durations', classes(short, 5), known(short))
    ends = LONG_S[1:] + [None]
    long = [(low, high, sum(s is not None and s >= low and (high is None or s < high) for s in seconds)) for low, high in zip(LONG_S, ends)]
    check('long-durations', long, sum(row[2] for row in long))
    by_year = collections.defaultdict(list)
    for year, value in zip(years, ms):
        if year is not None and value is not None:
            by_year[year].append(value)
    means = [(year, year, len(by_year[year]), sum(by_year[year]) / len(by_year[year]) / 1000) for year in sorted(by_year)]
    check('mean-duration-by-year', means, sum(row[2] for row in means), near=0.0501)
    counts = collections.Counter(seconds)
    minutes = []
    for minute in range(1, 11):
        around = sum(counts[minute * 60 + step] for step in range(-5, 6) if step != 0) / 10
        exact = counts[minute * 60]
        minutes.append((minute, exact, around, exact / around if around else None))
    check('whole-minutes', minutes, known(seconds), near=0.0501)
    check('tempo', classes(features['tempo'], 2), known(features['tempo']))
    check('loudness', classes(features['loudness'], 1), known(features['loudness']))
    judge_keys(rows)
    judge_features(features)
    judge_flags(rows, features, ms, years)
    artists = {}
    for row in lines:
        artists.setdefault(folded(row['track_artist']) or row['track_artist'], row['playlist_genre'])
    genres = collections.Counter(artists.values())
    check('genres-by-artists', sorted(genres.items(), key=lambda item: (-item[1], item[0]))[:50])


def judge_keys(rows):
    pairs = [(int(row['key']), int(row['mode'])) for row in rows if number(row['key']) is not None and number(row['mode']) is not None]
    counts = collections.Counter(pairs)
    rows_of = [(name, counts[key, 1], counts[key, 0], 100 * counts[key, 1] / len(pairs), 100 * counts[key, 0] / len(pairs)) for key, name in enumerate(KEYS)]
    check('key-and-mode', rows_of, len(pairs), near=0.000501)


def judge_features(features):
    grid = []
    for name, ours in features.items():
        for other, theirs in features.items():
            both = [(float(x), float(y)) for x, y in zip(ours, theirs) if x is not None and y is not None]
            grid.append((name, other, len(both), statistics.correlation(*zip(*both))))
    check('feature-grid', grid, near=2e-4)
    cells = collections.Counter()
    for loudness, energy in zip(features['loudness'], features['energy']):
        if loudness is not None and energy is not None:
            tenth = math.floor(energy * 10) - (energy == 1)
            cells[math.floor(loudness / 5) * 5, tenth] += 1
    check('loudness-and-energy', [(db, db + 5, tenth / 10, (tenth + 1) / 10, cells[db, tenth]) for db, tenth in sorted(cells)], sum(cells.values()))
    shares = []
    for name in sorted(set(features) - {'tempo', 'loudness'}):
        tenths = collections.Counter(math.floor(value * 10) - (value == 1) for value in features[name] if value is not None)
        total = sum(tenths.values())
        shares += [(name, tenth / 10, (tenth + 1) / 10, tenths[tenth], tenths[tenth] / total) for tenth in sorted(tenths)]
    check('likelihoods', shares, near=0.00000501)


def judge_flags(rows, features, ms, years):
    noise = 0
    for energy, danceability, valence, speechiness in zip(*(features[name] for name in ('energy', 'danceability', 'valence', 'speechiness'))):
        if None not in (energy, danceability, valence, speechiness):
            noise += energy >= Decimal('0.9') and max(danceability, valence, speechiness) < Decimal('0.1')
    titles = collections.Counter(folded(row['track_name']) for row in rows)
    named = collections.Counter((folded(row['track_name']), folded(row['track_artist'])) for row in rows)
    first = collections.Counter(folded(row['track_artist']) for row in rows)
    have = {row[0]: row[2] for row in told('flags')['rows']}
    want = {
        'no-duration': sum(value == 0 for value in ms), 'under-a-second': sum(value is not None and 0 < value < 1000 for value in ms),
        'over-a-day': sum(value is not None and value >= 86400000 for value in ms),
        'before-recording': sum(year is not None and year < 1860 for year in years),
        # The table is not dated, so no year is after it.
        'after-snapshot': 0, 'many-tracks': sum(count for count in first.values() if count >= 3000), 'noise': noise,
        'same-title': sum(count for count in named.values() if count >= 100), 'same-sound': 0,
    }
    judged.append('flags')
    if have != want:
        wrong.append(f'flags: {have}, {want} wanted')
    judged.append('repeated-titles')
    most = told('repeated-titles')['rows']
    for title, tracks in most:
        if title.isascii() and titles[folded(title)] != tracks:
            wrong.append(f'repeated-titles: {title} {tracks}, {titles[folded(title)]} wanted')
    if [row[1] for row in most[:10]] != [count for _, count in titles.most_common(10)]:
        wrong.append(f'repeated-titles: {most[:10]}, {titles.most_common(10)} wanted')


def judge_plays():
    with open(table, encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file))
    check_accounts(len(rows))
    plays = sorted((int(row['PlayCount']) for row in rows), reverse=True)
    years = [int(row['Release Year']) if re.fullmatch(r'\d{4}', row['Release Year']) else None for row in rows]
    check('tracks-by-year', singles(years), known(years))
    counters = dict(told('counters')['rows'])
    judged.append('counters')
    if (counters['tracks'], counters['listens']) != (len(rows), sum(plays)):
        wrong.append(f'counters: {counters["tracks"]} tracks, {counters["listens"]} listens')
    judged.append('coverage')
    for tracks, _, _, _, share, *_ in told('coverage')['rows']:
        best = sum(plays[:tracks]) / sum(plays)
        if not best - 0.005 < share <= best + 1e-6:
            wrong.append(f'coverage: {share} of the first {tracks}, {best} wanted')
    judged.append('payment')
    pays = {row[0]: row[2:] for row in told('payment')['rows']}
    want = [float((sum(plays) * Decimal(rate)).quantize(Decimal('0.01'), ROUND_HALF_UP)) for rate in ('0.003', '0.00437', '0.005')]
    if pays['all counted listens'] != want:
        wrong.append(f'payment: {pays}, {want} wanted')


judge_songs() if kind == 'songs' else judge_plays()
print(json.dumps({'judged': judged, 'wrong': wrong[:20]}))
