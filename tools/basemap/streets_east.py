"""The streets from avenue Jean-Médecin eastwards, entered by hand."""

from __future__ import annotations

from tools.basemap.streets_west import Street

CENTRE = (
    Street("Avenue Jean-Médecin", "avenue", "43.6976 7.2701, 43.6995 7.2687, 43.7020 7.2669, 43.7048 7.2655"),
    Street("Avenue Malaussena", "avenue", "43.7048 7.2655, 43.7078 7.2638, 43.7104 7.2624"),
    Street(
        "Boulevard Dubouchage", "avenue", "43.6995 7.2687, 43.7001 7.2715, 43.7008 7.2742, 43.7013 7.2756"
    ),
    Street("Boulevard Carabacel", "avenue", "43.7013 7.2756, 43.7028 7.2745, 43.7043 7.2735"),
    Street("Avenue Desambrois", "street", "43.7013 7.2756, 43.7030 7.2732, 43.7048 7.2716"),
    Street("Boulevard Raimbaldi", "street", "43.7055 7.2662, 43.7060 7.2695, 43.7048 7.2716"),
    Street("Avenue Notre-Dame", "street", "43.7034 7.2662, 43.7030 7.2695, 43.7025 7.2722"),
    Street("Rue de l’Hôtel-des-Postes", "street", "43.6982 7.2696, 43.6990 7.2725, 43.7000 7.2757"),
    Street("Rue Gioffredo", "street", "43.6978 7.2704, 43.6986 7.2730, 43.6998 7.2760"),
    Street("Rue Pastorelli", "street", "43.6988 7.2692, 43.6997 7.2722, 43.7006 7.2752"),
    Street("Rue Biscarra", "street", "43.7014 7.2673, 43.7018 7.2710"),
    Street("Rue Lamartine", "street", "43.7000 7.2712, 43.7028 7.2700"),
    Street("Rue Assalit", "street", "43.7055 7.2662, 43.7066 7.2700"),
    Street("Avenue Félix-Faure", "avenue", "43.6974 7.2712, 43.6984 7.2732, 43.6999 7.2757, 43.7009 7.2772"),
    Street("Avenue Saint-Jean-Baptiste", "avenue", "43.7009 7.2772, 43.7024 7.2783"),
    Street("Avenue Gallieni", "avenue", "43.7024 7.2783, 43.7045 7.2800, 43.7068 7.2812, 43.7084 7.2832"),
    Street(
        "Boulevard Jean-Baptiste-Vérany",
        "avenue",
        "43.7084 7.2832, 43.7108 7.2849, 43.7138 7.2865, 43.7170 7.2872, 43.7205 7.2881",
        curved=True,
    ),
    Street(
        "Boulevard Jean-Jaurès", "avenue", "43.6967 7.2718, 43.6976 7.2743, 43.6990 7.2764, 43.7003 7.2783"
    ),
    Street("Rue Saint-François-de-Paule", "street", "43.6962 7.2700, 43.6958 7.2733"),
    Street(
        "Quai des États-Unis", "promenade", "43.6958 7.2694, 43.6955 7.2722, 43.6951 7.2752, 43.6944 7.2778"
    ),
    Street(
        "Quai Rauba-Capeu",
        "promenade",
        "43.6944 7.2778, 43.6934 7.2792, 43.6932 7.2803, 43.6938 7.2816, 43.6948 7.2824",
        curved=True,
    ),
    Street("Quai Lunel", "avenue", "43.6948 7.2824, 43.6966 7.2830, 43.6990 7.2840"),
    Street("Rue de la Préfecture", "street", "43.6962 7.2728, 43.6961 7.2752, 43.6959 7.2774"),
    Street("Rue Droite", "street", "43.6958 7.2772, 43.6974 7.2774, 43.6993 7.2782"),
    Street("Rue Rossetti", "street", "43.6971 7.2746, 43.6970 7.2774, 43.6972 7.2790"),
    Street("Rue Catherine-Ségurane", "street", "43.7003 7.2815, 43.6992 7.2826, 43.6968 7.2830"),
    Street("Rue Cassini", "avenue", "43.7006 7.2822, 43.6992 7.2842"),
    Street("Rue Bonaparte", "street", "43.7010 7.2821, 43.7004 7.2850, 43.7000 7.2872"),
    Street("Rue Arson", "street", "43.6994 7.2862, 43.7020 7.2866, 43.7054 7.2866"),
    Street("Place Île-de-Beauté", "street", "43.6990 7.2840, 43.6992 7.2860"),
    Street("Rue Barla", "avenue", "43.7024 7.2826, 43.7022 7.2850, 43.7020 7.2900"),
    Street("Boulevard Risso", "avenue", "43.7012 7.2800, 43.7032 7.2815, 43.7053 7.2831, 43.7070 7.2846"),
    Street(
        "Avenue Maréchal-Lyautey",
        "avenue",
        "43.7070 7.2846, 43.7100 7.2862, 43.7126 7.2876, 43.7138 7.2882",
        curved=True,
    ),
    Street(
        "Avenue de la République", "avenue", "43.7012 7.2817, 43.7030 7.2832, 43.7049 7.2848, 43.7072 7.2866"
    ),
)

EAST = (
    Street(
        "Boulevard Stalingrad", "avenue", "43.6992 7.2860, 43.6968 7.2877, 43.6948 7.2886, 43.6935 7.2892"
    ),
    Street(
        "Boulevard Franck-Pilatte",
        "avenue",
        "43.6935 7.2892, 43.6916 7.2914, 43.6903 7.2935, 43.6889 7.2954, 43.6874 7.2972",
        curved=True,
    ),
    Street(
        "Boulevard Maurice-Maeterlinck",
        "street",
        "43.6874 7.2972, 43.6852 7.2998, 43.6838 7.3022, 43.6836 7.3048, 43.6848 7.3064",
        curved=True,
    ),
    Street(
        "Boulevard Carnot",
        "avenue",
        "43.6992 7.2860, 43.6980 7.2892, 43.6950 7.2920, 43.6920 7.2950, 43.6890 7.2985, 43.6862 7.3025, "
        "43.6852 7.3056, 43.6880 7.3072, 43.6920 7.3074, 43.6955 7.3064, 43.6985 7.3070, 43.7018 7.3088, "
        "43.7048 7.3120, 43.7062 7.3165, 43.7062 7.3240, 43.7070 7.3310, 43.7120 7.3400",
        curved=True,
    ),
    Street(
        "Boulevard du Mont-Boron",
        "street",
        "43.6980 7.2892, 43.6975 7.2940, 43.6945 7.2965, 43.6910 7.2990, 43.6890 7.3020, 43.6880 7.3072",
        curved=True,
    ),
    Street("Boulevard Lech-Walesa", "street", "43.7000 7.2872, 43.7002 7.2893, 43.7020 7.2900"),
    Street("Boulevard Général-Delfino", "avenue", "43.7020 7.2900, 43.7036 7.2898, 43.7054 7.2890"),
    Street(
        "Boulevard de Riquier", "avenue", "43.7002 7.2893, 43.7020 7.2914, 43.7036 7.2928, 43.7058 7.2912"
    ),
    Street(
        "Rue de Roquebillière", "avenue", "43.7054 7.2866, 43.7054 7.2890, 43.7058 7.2912, 43.7085 7.2902"
    ),
    Street("Rue Auguste-Gal", "street", "43.7022 7.2850, 43.7053 7.2856"),
    Street("Rue Scaliéro", "street", "43.7020 7.2884, 43.7044 7.2882, 43.7062 7.2878"),
    Street("Rue Smolett", "street", "43.7010 7.2870, 43.7036 7.2872, 43.7062 7.2872"),
    Street("Place Max-Barel", "street", "43.7036 7.2898, 43.7038 7.2938"),
    Street("Rue Fodéré", "street", "43.6994 7.2850, 43.7022 7.2850"),
    Street(
        "Avenue des Diables-Bleus", "avenue", "43.7070 7.2846, 43.7072 7.2866, 43.7074 7.2882, 43.7085 7.2902"
    ),
    Street(
        "Moyenne Corniche",
        "avenue",
        "43.7038 7.2938, 43.7060 7.2960, 43.7085 7.2962, 43.7100 7.2992, 43.7090 7.3030, 43.7112 7.3060, "
        "43.7130 7.3090, 43.7118 7.3140, 43.7110 7.3220, 43.7140 7.3330, 43.7220 7.3520",
        curved=True,
    ),
    Street(
        "Boulevard de l’Observatoire",
        "street",
        "43.7085 7.2902, 43.7118 7.2945, 43.7160 7.2965, 43.7200 7.2958, 43.7225 7.2985, 43.7228 7.3030, "
        "43.7245 7.3080, 43.7280 7.3150",
        curved=True,
    ),
    Street(
        "Route de Turin",
        "avenue",
        "43.7072 7.2866, 43.7098 7.2876, 43.7137 7.2886, 43.7168 7.2896, 43.7203 7.2902, "
        "43.7235 7.2916, 43.7270 7.2938, 43.7305 7.2960, 43.7330 7.2976",
    ),
    Street(
        "Boulevard Saint-Roch", "avenue", "43.7085 7.2902, 43.7106 7.2900, 43.7125 7.2904, 43.7140 7.2910"
    ),
    Street(
        "Boulevard Virgile-Barel", "avenue", "43.7140 7.2910, 43.7168 7.2914, 43.7195 7.2918, 43.7203 7.2902"
    ),
    Street("Rue Acchiardi-de-Saint-Léger", "street", "43.7102 7.2877, 43.7106 7.2900, 43.7112 7.2926"),
    Street("Rue du Général-Saramito", "street", "43.7125 7.2884, 43.7125 7.2904, 43.7130 7.2930"),
    Street(
        "Boulevard Pasteur",
        "avenue",
        "43.7205 7.2881, 43.7228 7.2888, 43.7246 7.2868, 43.7262 7.2838",
        curved=True,
    ),
    Street("Pont Michel", "street", "43.7205 7.2881, 43.7203 7.2902"),
    Street("Pont Vincent-Auriol", "street", "43.7138 7.2865, 43.7137 7.2886"),
    Street(
        "Boulevard de l’Ariane",
        "avenue",
        "43.7330 7.2976, 43.7352 7.2998, 43.7378 7.3026, 43.7398 7.3056, 43.7415 7.3092",
        curved=True,
    ),
    Street(
        "Boulevard Général-de-Gaulle",
        "avenue",
        "43.7330 7.2976, 43.7360 7.3022, 43.7390 7.3066, 43.7420 7.3125, 43.7480 7.3182",
        curved=True,
    ),
    Street(
        "Rue Guiglionda-de-Sainte-Agathe",
        "street",
        "43.7352 7.2998, 43.7368 7.2982, 43.7392 7.3000, 43.7398 7.3056",
        curved=True,
    ),
    Street(
        "Route de Levens",
        "avenue",
        "43.7228 7.2888, 43.7262 7.2905, 43.7300 7.2925, 43.7345 7.2920, 43.7390 7.2895, 43.7440 "
        "7.2885, 43.7540 7.2900",
        curved=True,
    ),
    Street(
        "Boulevard de Cimiez",
        "avenue",
        "43.7043 7.2735, 43.7068 7.2718, 43.7090 7.2706, 43.7115 7.2712, 43.7145 7.2722, 43.7170 "
        "7.2735, 43.7188 7.2748",
        curved=True,
    ),
    Street(
        "Avenue des Arènes-de-Cimiez",
        "street",
        "43.7060 7.2745, 43.7100 7.2752, 43.7140 7.2755, 43.7184 7.2758, 43.7184 7.2796",
        curved=True,
    ),
    Street(
        "Avenue Cap-de-Croix",
        "street",
        "43.7188 7.2748, 43.7215 7.2735, 43.7245 7.2728, 43.7280 7.2732, 43.7320 7.2738, 43.7370 7.2750",
        curved=True,
    ),
    Street(
        "Boulevard Édouard-VII",
        "street",
        "43.7188 7.2748, 43.7175 7.2715, 43.7145 7.2700, 43.7115 7.2712",
        curved=True,
    ),
    Street(
        "Avenue de Flirey",
        "street",
        "43.7145 7.2755, 43.7142 7.2790, 43.7160 7.2805, 43.7184 7.2796",
        curved=True,
    ),
    Street(
        "Voie Romaine",
        "street",
        "43.7184 7.2796, 43.7205 7.2815, 43.7235 7.2832, 43.7262 7.2838",
        curved=True,
    ),
    Street(
        "Avenue de Rimiez",
        "street",
        "43.7262 7.2838, 43.7285 7.2800, 43.7310 7.2775, 43.7320 7.2738",
        curved=True,
    ),
    Street(
        "Avenue Valrose",
        "street",
        "43.7104 7.2628, 43.7130 7.2650, 43.7152 7.2642, 43.7190 7.2632, 43.7215 7.2604",
        curved=True,
    ),
    Street(
        "Avenue Saint-Lambert",
        "street",
        "43.7066 7.2645, 43.7090 7.2660, 43.7112 7.2668, 43.7130 7.2650",
        curved=True,
    ),
    Street(
        "Avenue George-V",
        "street",
        "43.7066 7.2700, 43.7092 7.2690, 43.7120 7.2690, 43.7145 7.2700",
        curved=True,
    ),
    Street(
        "Boulevard de Brancolar",
        "street",
        "43.7130 7.2650, 43.7142 7.2682, 43.7180 7.2700, 43.7215 7.2735",
        curved=True,
    ),
    Street("Avenue Pauliani", "street", "43.7043 7.2735, 43.7056 7.2775, 43.7045 7.2800"),
)

EAST_OF_JEAN_MEDECIN = CENTRE + EAST
