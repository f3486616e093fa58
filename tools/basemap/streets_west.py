"""Motorway, expressway and the streets west of avenue Jean-Médecin, entered by hand."""

from __future__ import annotations

from typing import NamedTuple


class Street(NamedTuple):
    name: str
    kind: str  # motorway, express, promenade, avenue, street, tunnel
    drawn: str
    curved: bool = False


THROUGH = (
    Street(
        "A8 La Provençale",
        "motorway",
        "43.6640 7.1500, 43.6700 7.1650, 43.6735 7.1800, 43.6738 7.1900, 43.6738 7.1962, 43.6765 7.1985, "
        "43.6830 7.1972, 43.6900 7.1955, 43.6970 7.1945, 43.7030 7.1962, 43.7072 7.2000, 43.7112 7.2060, "
        "43.7150 7.2140, 43.7190 7.2230, 43.7215 7.2310, 43.7262 7.2400, 43.7300 7.2480, 43.7318 7.2540, "
        "43.7335 7.2620, 43.7350 7.2720, 43.7352 7.2830, 43.7335 7.2920, 43.7328 7.2990, 43.7330 7.3060, "
        "43.7345 7.3150, 43.7370 7.3260, 43.7385 7.3400, 43.7400 7.3600, 43.7480 7.3900",
        curved=True,
    ),
    Street(
        "Voie Pierre-Mathis",
        "express",
        "43.6696 7.2222, 43.6722 7.2230, 43.6752 7.2250, 43.6794 7.2292, 43.6840 7.2345, 43.6878 7.2390, "
        "43.6914 7.2434, 43.6950 7.2474, 43.6990 7.2517, 43.7016 7.2555, 43.7034 7.2596, 43.7050 7.2618, "
        "43.7060 7.2652, 43.7068 7.2688",
        curved=True,
    ),
    Street(
        "Tunnel Malraux",
        "tunnel",
        "43.7068 7.2688, 43.7072 7.2740, 43.7078 7.2790, 43.7084 7.2832",
        curved=True,
    ),
    Street(
        "Boulevard du Mercantour",
        "express",
        "43.6645 7.1985, 43.6690 7.1978, 43.6740 7.1970, 43.6800 7.1954, 43.6900 7.1934, 43.7000 7.1912, "
        "43.7100 7.1898, 43.7200 7.1886, 43.7350 7.1880, 43.7500 7.1890, 43.7700 7.1925",
        curved=True,
    ),
)

WEST = (
    Street(
        "Rue de France",
        "avenue",
        "43.6966 7.2655, 43.6960 7.2620, 43.6953 7.2590, 43.6944 7.2555, 43.6930 7.2520, 43.6912 7.2482, "
        "43.6890 7.2443",
        curved=True,
    ),
    Street("Rue Masséna", "street", "43.6974 7.2700, 43.6966 7.2655"),
    Street(
        "Avenue de la Californie",
        "avenue",
        "43.6890 7.2443, 43.6862 7.2402, 43.6828 7.2362, 43.6784 7.2318, 43.6738 7.2280, 43.6712 7.2246, "
        "43.6700 7.2205, 43.6697 7.2180",
        curved=True,
    ),
    Street(
        "Boulevard René-Cassin",
        "avenue",
        "43.6697 7.2180, 43.6684 7.2150, 43.6690 7.2115, 43.6700 7.2075, 43.6714 7.2040, 43.6742 7.1995",
        curved=True,
    ),
    Street(
        "Route de Grenoble",
        "avenue",
        "43.6690 7.2115, 43.6715 7.2080, 43.6745 7.2038, 43.6790 7.2008, 43.6850 7.1990, 43.6920 7.1974, "
        "43.6990 7.1958, 43.7060 7.1938, 43.7130 7.1915, 43.7200 7.1902, 43.7340 7.1895",
        curved=True,
    ),
    Street("Rue de la Buffa", "street", "43.6977 7.2650, 43.6968 7.2610, 43.6957 7.2556, 43.6948 7.2520"),
    Street(
        "Boulevard Victor-Hugo",
        "avenue",
        "43.6995 7.2686, 43.6991 7.2655, 43.6983 7.2610, 43.6970 7.2556",
        curved=True,
    ),
    Street(
        "Boulevard Gambetta",
        "avenue",
        "43.6935 7.2556, 43.6957 7.2556, 43.6985 7.2556, 43.7012 7.2557, 43.7040 7.2560, 43.7068 7.2564, "
        "43.7090 7.2567",
    ),
    Street(
        "Boulevard François-Grosso",
        "avenue",
        "43.6920 7.2518, 43.6945 7.2513, 43.6970 7.2508, 43.6996 7.2504, 43.7020 7.2500",
    ),
    Street(
        "Boulevard du Tzarewitch", "avenue", "43.7020 7.2500, 43.7034 7.2520, 43.7040 7.2560", curved=True
    ),
    Street("Avenue Thiers", "avenue", "43.7046 7.2655, 43.7039 7.2620, 43.7030 7.2588, 43.7022 7.2557"),
    Street("Rue Rivoli", "street", "43.6945 7.2588, 43.6976 7.2580"),
    Street("Rue Meyerbeer", "street", "43.6951 7.2610, 43.6980 7.2600"),
    Street("Rue du Congrès", "street", "43.6953 7.2634, 43.6976 7.2630"),
    Street("Rue Maréchal-Joffre", "street", "43.6982 7.2650, 43.6975 7.2608, 43.6964 7.2556"),
    Street("Rue Berlioz", "street", "43.6982 7.2604, 43.7035 7.2602"),
    Street("Rue Gounod", "street", "43.6986 7.2626, 43.7040 7.2622"),
    Street("Rue Rossini", "street", "43.7003 7.2667, 43.6998 7.2620, 43.6990 7.2558"),
    Street("Rue Verdi", "street", "43.7010 7.2650, 43.7004 7.2612, 43.6998 7.2557"),
    Street("Rue d’Angleterre", "street", "43.7043 7.2640, 43.7012 7.2650"),
    Street("Avenue Georges-Clemenceau", "street", "43.7003 7.2668, 43.6990 7.2646"),
    Street("Rue de la Liberté", "street", "43.6978 7.2700, 43.6977 7.2650"),
    Street("Rue Dante", "street", "43.6951 7.2556, 43.6938 7.2516"),
    Street("Avenue des Baumettes", "street", "43.6935 7.2512, 43.6938 7.2478, 43.6920 7.2452", curved=True),
    Street("Boulevard Carlone", "street", "43.6916 7.2466, 43.6948 7.2455, 43.6972 7.2432", curved=True),
    Street(
        "Boulevard de la Madeleine",
        "avenue",
        "43.6893 7.2446, 43.6915 7.2424, 43.6945 7.2402, 43.6985 7.2386, 43.7035 7.2368, 43.7085 7.2346, "
        "43.7130 7.2330, 43.7180 7.2314",
        curved=True,
    ),
    Street(
        "Avenue de Fabron",
        "avenue",
        "43.6826 7.2360, 43.6850 7.2342, 43.6868 7.2322, 43.6895 7.2312, 43.6920 7.2290, 43.6950 7.2282",
        curved=True,
    ),
    Street(
        "Avenue de la Lanterne",
        "street",
        "43.6784 7.2318, 43.6815 7.2298, 43.6850 7.2275, 43.6885 7.2248, 43.6925 7.2235",
        curved=True,
    ),
    Street(
        "Avenue Sainte-Marguerite",
        "avenue",
        "43.6738 7.2246, 43.6772 7.2222, 43.6815 7.2218, 43.6855 7.2205, 43.6895 7.2180, 43.6940 7.2168",
        curved=True,
    ),
    Street(
        "Corniche Fleurie",
        "avenue",
        "43.6716 7.2150, 43.6755 7.2140, 43.6795 7.2138, 43.6840 7.2128, 43.6890 7.2118, 43.6940 7.2090, "
        "43.6990 7.2062, 43.7040 7.2020, 43.7062 7.1985",
        curved=True,
    ),
    Street("Avenue de la Méditerranée", "street", "43.6716 7.2076, 43.6745 7.2070, 43.6762 7.2040"),
    Street(
        "Boulevard Paul-Montel", "avenue", "43.6688 7.2062, 43.6714 7.2090, 43.6735 7.2110, 43.6755 7.2140"
    ),
    Street("Digue des Français", "street", "43.6702 7.2030, 43.6712 7.2060, 43.6730 7.2085"),
    Street(
        "Route de Bellet",
        "street",
        "43.6950 7.2282, 43.7010 7.2258, 43.7075 7.2215, 43.7135 7.2165, 43.7200 7.2130, 43.7280 7.2105",
        curved=True,
    ),
    Street(
        "Route de Saint-Isidore",
        "street",
        "43.7062 7.1985, 43.7095 7.2010, 43.7125 7.2062, 43.7135 7.2165",
        curved=True,
    ),
    Street(
        "Avenue de Pessicart",
        "street",
        "43.7090 7.2567, 43.7098 7.2530, 43.7122 7.2500, 43.7155 7.2468, 43.7200 7.2440, 43.7250 7.2420, "
        "43.7290 7.2410",
        curved=True,
    ),
    Street(
        "Avenue Estienne-d’Orves",
        "street",
        "43.7020 7.2500, 43.7032 7.2475, 43.7058 7.2452, 43.7085 7.2425, 43.7120 7.2415, 43.7150 7.2425",
        curved=True,
    ),
    Street(
        "Boulevard de Cessole",
        "avenue",
        "43.7090 7.2567, 43.7115 7.2545, 43.7142 7.2528, 43.7172 7.2520, 43.7205 7.2515, 43.7232 7.2520",
        curved=True,
    ),
    Street("Boulevard Joseph-Garnier", "avenue", "43.7090 7.2567, 43.7100 7.2592, 43.7107 7.2616"),
    Street("Boulevard Auguste-Raynaud", "street", "43.7068 7.2564, 43.7082 7.2592, 43.7103 7.2618"),
    Street("Rue Trachel", "street", "43.7054 7.2600, 43.7080 7.2590"),
    Street("Rue Vernier", "street", "43.7064 7.2640, 43.7074 7.2590, 43.7066 7.2564"),
    Street("Avenue Villermont", "street", "43.7107 7.2616, 43.7120 7.2580, 43.7115 7.2545"),
    Street("Avenue Borriglione", "avenue", "43.7110 7.2621, 43.7135 7.2608, 43.7165 7.2593"),
    Street("Avenue Cyrille-Besset", "street", "43.7120 7.2580, 43.7165 7.2575, 43.7210 7.2565"),
    Street(
        "Boulevard Gorbella",
        "avenue",
        "43.7165 7.2593, 43.7200 7.2578, 43.7240 7.2568, 43.7283 7.2553, 43.7318 7.2535",
    ),
    Street(
        "Avenue du Ray",
        "street",
        "43.7165 7.2593, 43.7190 7.2606, 43.7215 7.2604, 43.7245 7.2592, 43.7283 7.2553",
        curved=True,
    ),
    Street(
        "Boulevard Comte-de-Falicon",
        "avenue",
        "43.7232 7.2520, 43.7262 7.2528, 43.7290 7.2535, 43.7318 7.2535, 43.7345 7.2515, 43.7372 7.2482",
        curved=True,
    ),
    Street(
        "Avenue de Gairaut",
        "street",
        "43.7283 7.2553, 43.7310 7.2590, 43.7345 7.2595, 43.7380 7.2580, 43.7420 7.2600",
        curved=True,
    ),
    Street("Avenue Saint-Sylvestre", "street", "43.7172 7.2520, 43.7195 7.2490, 43.7230 7.2475", curved=True),
)
