"""What text of each language looks like, as far as it tells the encodings of before Unicode apart.

Counted in lists of words by their frequency, and completed by the words of product descriptions.
Capital letters are counted as their small ones.
"""

from __future__ import annotations

# Each letter beyond ASCII, the most frequent first, with the letters that stand before it and,
# after the colon, those behind it; an underline is the end of a word.
WESTERN = {
    "French": (
        "értd_snlmphgiucvfby:_esrtcplgmndvfaboqiju èirlmthgcpndsfvubo_yz:rsmtngvcldqb_z "
        "êr_mphftuvbnglcoi:tmcpnvlq_ à_ljtçrcmid:_ ç_narepéuis:aou_àei "
        "ôrtchpl_mnvdaeybs:tlmnp_dsv âp_bhrlgétmcfnsadievu:tcgmlnb_psqird "
        "îao_dbgunpvrfmt:tnclm_ ûorsbdmfelqpynt:tlrc_mnse ïaoeué_:sd_qnetclarkmvfbgwoup "
        "œ_csnvhbfmlkrd:uisntdcl_b ùosit_ldbagqzvcp:_rtlnj ëoaui_tl:l_tnsrmvdbcf"
    ),
    "German": (
        "üfr_tmlkbwhsnzgdpj:rbchnstgldfmpß ätrlhwfmnsb_gkpzjd:ntrhusclgfdmbipß "
        "öhkrml_twfbnvgsdzpij:rnshlgftcpdmbk_wvzß ßüiäöaeuoy:_etilmbkfghsrwnzdpv "
        "értlfnsm_dhpbgcviukozj:_rsetlmndcgopavbzjfuk"
    ),
    "Spanish": (
        "óitrlcndszmgpebj_fyhvñ:n_mlgrsptdfcxvb írdltcsnvugmfabeph_ojñ:a_nstcodmfrgbeplvqz "
        "ármtl_cpnuidsgvbzhfjeyñ:n_strmclgbfipvuzxdq "
        "éirutm_ldsncpgbvhfjyaeoñ:_nsrtlcdximpgfjvabeu ñaeiuo_á:oaeóiíáué "
        "ú_pgntmazrcblshdfyeji:nlbs_mctarpedojñfzg ügfmr_tlbhdjkswnaz:eíirnlhcbé_sgdato"
    ),
    "Portuguese": (
        "ãçsntmrhidlcgvepxzfjobáu:o_es çanieurocpl:ãaõouáúéíê "
        "ártl_nmsjhicdvpugfbzoeçx:_rvstglcfbpumdnxq "
        "é_tmblrsupndgfvchiazoxjk:_mrstdclingpuvfboexaz "
        "ílrautscmvndf_pgbeoxhz:cdvsntl_armfpgbozq ótrspln_cmifgdbevjhxzoa:rs_plgtdxnicbmfvq "
        "êcrtdgiulvnmpbs_hfzo:n_smuxebrli õçshiptrldxemgcz:e "
        "ú_npmadçtelricjbfshg:slbnmcdrv_tpgzjf ârtcl_nmgfpdivsuzehb:nmot_ "
        "ônrtmlpcv_dfsbzigjhexça:nm_srlodavct à_:_sqr"
    ),
    "Italian": (
        "àtrildspnf:_ è_hftoirnlsbmdpcuvgzky:_rsmvncltgiq òruitncldsmvzgpbef:_ "
        "ùisntblrdfgvamzpc_o:_ éh_nsrtmldpbgicfvuokzj:_resltncmdgovpabfjqz "
        "ìsdlrutncpbgvmhz_fì:_atonpì átrmi_lnszcvduhfbpjkg:_nlrszvctkbgpedmu"
    ),
    "Dutch": (
        "ëieota:n_lreitxvzmfsd é_éflhrvtsdmnpcgbkewizuoj:_néelrtsmcdgboavpjzfku "
        "ïeaou:nesdtmcr_blavg öomrkh_gjlbsftdpvwnye:rnplsthm_dzbcgkewfv "
        "èrihcnlbd_ptsmgfwzyvkèu:mr_nvstlcgzdèb üem_gfrbudhkltwznsjay:nrbslhmpctgde_kzyv "
        "óv_znimtr:órn_fgkm åg:s "
        "ûr:l ám_ndásrhu:n_rltáxsv "
        "írcd_tnvla:an_gsojet çnah_r:aoeu"
    ),
    "Swedish": (
        "äv_rltsjhnmkfbgdpio:rnltgsmkvdcpxf_ öf_rhlksgmtjdbnip:rvstdnkmgljp_fbca "
        "åprs_gvmlnthfkdbåe:_rngtlsdkevpbhåfm édrmtlnfscphk_vjbgzeuoi:_nersltamgdbpuvochfkj "
        "è:"
    ),
    "Danish": (
        "øfrjs_lhtkdmbgnpiv:rdnlsykvjgbm_eft å_psmgrntfhlvbdke:_rdlntespbgvkhf "
        "ævrlsnt_jfmkhpgbd:rnlsgktdvmbfe_c é_dfrntlskhmcv:_ntermd ö: ä:"
    ),
    "Finnish": (
        "ätälvskmnpjirh_eyd:_äntislrmkyvhjpeod öytklinpörsmjh_d:ns_itkylmrpöhjvädaeo å: é: š: ž:"
    ),
    "Catalan": (
        "óismlrtdcngbfpaeçyj_uxz:_nsrmc àrtmlc_indspbfgvuyhxjçze:_rnsctlmfgpvbuxdq "
        "íltrmusvdxncfpg_abühe:_stcnmldfaegpvbroq èrutdlmngicps_fvbüxoha:n_srctidmlpxgfvub "
        "é_mrbtucvnldspifghxzy:s_nrutilcmedvpgob òrtlxncmp_sfibdeghçv:_rnmglspbtfcdxqv "
        "çnarliepou_:a_oóàuòme ú_pmngrtdblcsjfaxh:sb_nlmrtpcvdaifñ ïuaeoi:tndsclmb_arex "
        "ügqaiemrfhbdlwktj_:eèíilrntschbajmd á_msrlntzicbvpdugfhñjyk:n_lsrzcgtmfbveñdiujxpq "
        "ñaieuoáú_íó:oaeióéáuíà_"
    ),
    "loans in English": "é: ü: ö: ä: ñ: á: è: í: ó: ç: ê: ã: à: û: ë: ï: ô: ø: å: â: ú: î: æ: ß:",
}
# They have other letters in the places of š, ğ and ő.
SMALL = {
    "Icelandic": (
        "ðiareuæíóágöofýyú:_iuasrlvnfbhjgmket á_rjmnhlþfskpbgtdv:_lrtðsnkhmgfvbiuaæpde "
        "í_lvrstmbnkfdpgþah:_ksðnmtfulargbþeóhdvp ój_rtdksfþlbmhgnpí:rltðnksm_pfghvabuþid "
        "ærvtblhf_nsmgdkþáp:ðtrkgmnlsfjd_vpi öjtl_hvsmrgfkbdnpþ:rlgnfðktmspx_d "
        "þ_límasnróug:earjáióvúoyuýæéíö ú_rhnbjþtsklmgdpf:tns_ralikðmpfgdbuve "
        "ésfr_hlmvþtpn:rltg_kfðsnu ýnls_þrkdtbmh:srnjðmt_lkpdivfg"
    ),
    "Estonian": (
        "äväptmjnklsrhgd:räeihlknsbtvmjdgu_ õvs_ktplmnrjhg:inetphulrmbjkdsvagõ "
        "üt_üklshprmnjgd:hlüpbksmdrtniv_ö öötvakphlrms_:ötvnöklrpsmgbd_ ždla:aeiu št_aioe:eoita "
        "åm:l"
    ),
    "Albanian": "ëtpmnrjlhk:_rsnkmt ç_yie:ae_dfo",
}
CENTRAL = {
    "Czech": (
        "ínřjcštvlmčdžpsbzi:_mckthsnlrdvzžčšřjbp ánvrklztdmhpsbřižčjugeš:_nlvtmdcskzrřžšhčpbju "
        "ěnvtmdbp:_lntjkdsržřhmšczvčp řpt_oáaeědkíhybvuziméú:eíiáa_sokůuntb "
        "énkvltrmdhispcfbš:_hmrntkdčzvlsřf č_eaoiuínárúydjvléěkbtzm:enikíat_áoulůcs "
        "ýnvktrlbmdhzs:_cmvrsškhtzblndpj š_uevjaiáoíyěrýlntpdzžšmb:íetik_lnaopťuvásmšérc "
        "ž_ouaeáěíůrinydmlvúýé:ei_índáokauslbšrcďtň ůrkdmptvnlchzsřčjbgfňš:_msžvljzrdkbcthnč "
        "ú_zejasokrtdmfyibhlpv:sčtpdřrznhvkmlžc_jbš "
        "ňeaolíiždvrěyusptášzčjhbm_ckůýf:_ouskaátůmc ťšasouyěre_iíáphnj:_aoáutksimů "
        "ózkgilmrptnsjfdvb_hóešauc:nzldr_tjbgmsóžpčkw ďeauožěj_ináríéyz:_atáomkucsnů"
    ),
    "Slovak": (
        "ánrzlvtkmdhpibusgeš:_vclrtdmnskzžpščbjhľuť ínrtščlvdžpzsmicjbkh:_mckvsntrzdpšžljčťbhľ "
        "ýnvktrlhdbmpz:_cmvsrbškztlhnpž č_oaeiúunáräyívdbkjl:inaeoík_luštsúr "
        "š_evajuáyoniúčýrpílžšdzhbt:iteíka_pnolťušľvséá énkvrtlihmdcsfpgšb:_hmrntdzcfg "
        "új_nsktlrdvľmcbpzhče:_cčstprdťzškžvblnhmf ž_uoaeôáirúínyĺýdvkm:ie_ndíakousšbňlmtďé "
        "ťaiseú_yšuíäzcár:_aou ľeo_hadáuškbsípfztiúž:akuon_msúvbtňšč "
        "ômpdkrvh_ltnsb:žsvlrzjcbdktňľhpš órtligzkfmnpesdvj_:nrpgdmlzbtc_fj "
        "ňeda_omžyltvákpĺrziľčôísjhšbuc:a_outhm ďe_vauožátíznj:a_ožtmu ävmpb:čtzť_skdn "
        "ĺdphtkvžsb:žbňpnhtzk"
    ),
    "Polish": (
        "łaiysogzkdp_ewóuębtąhmr:ao_yeuąknóbęctpdż ąjiznkwlłsctrdżmgb:_cdtzgżćłspbk "
        "ęijztrknbdlwpłmcghsż:_cdtkpżśłgbszćl órtkmpgwłcndsibzhjżl_:wrłdlżjbctźzsgk "
        "śo_eyiaęjuwmdąr:c_ćlwmnrpk ż_aoeuóiyęądrnłkl:ey_anodksąulcbóęmi ćaiśyeąę_uoźr:_wmd "
        "ńaeoiyu:s_ckm źdea_óoyuęi:n_rdlwcmćbgńk"
    ),
    "Hungarian": (
        "átlzvmrjs_nkghbdpiyfeuc:lrsntgbkmzjcvd_pi é_tksmlvznrgdfypjhcbi:srgnltkpvzbdm_jh "
        "ökt_znjlrdfsygbvmhp:rzntlsvkbdmg ótlrzijbd_gkmsyhnpevf:_lsbktrdngjzivpamfch "
        "őltdzrns_fbvygkhp:_lstkrdbzjnviemafpgh íz_slkhtdpgyvbmrncejáő:trvngzmjlscpkd "
        "ürzk_tslypfjngvbdhmi:lnkgtzvrsdmh ú_tsmrjhyzglnikbdfapv:j_ltgrsznckdbav "
        "űmrtynbzsghfv_jkdl:_vnkslzerjtbhfag"
    ),
    "Romanian": (
        "ătcrslnpmzţgvdbfu:_rtţsmclniudzpşgbv ţanieăcu_rolpbms:ieaău_ "
        "ş_eaiuoănrâîc:itea_oucnăm î_emtrcs:nmilştţ_r âmctrvpgflzsnbdţuh:ntrmlişuţsd "
        "țanieăcu_rolpbms:ieaău_ ș_eaiuoănrâîc:itea_oucnăm"
    ),
    "Croatian": (
        "šia_oeurpvkj:teaik_nlćuopv čia_uoernjv:eikanu_lojv ž_auoreidn:eianub_ojdrl "
        "ćeiu_oašpk:eia_uno đaeoru_inž:eauio_s"
    ),
    "Slovene": (
        "čoi_eašunbrvlh:eian_ujlkrob š_iajoeurknvzbmpd:ekčitan_olpjuv ž_oeuraildn:eianbj_ukoglrm"
    ),
    "several at once": (
        "í: á: ł: ă: š: č: ą: é: ţ: ě: ý: ę: ö: ş: ž: ř: ó: î: ć: ś: ő: â: đ: ż: ț: ú: ü: ș: "
        "ń: ť: ź: ű: ů: ľ: ô: ň: ď: ä: ĺ:"
    ),
}
CENTRAL["German"] = WESTERN["German"]
TURKIC = {
    "Turkish": (
        "ırnlsdtmğkyşçzcpb_fghvj:_nrlmkşzyğsdpctbçfhjv üdgt_lrmynskşbzğchçvp:nr_zlmkşysğtcçpvdfbh "
        "şaiı_euüroknö:_taıielmküusçvboö ğaieıuoöü:iıurleaüm_dz "
        "ç_iaeruüknltıhşoöp:eiaıo_lmütöubsk ö_gsdbkytçrşn:rnzlyğstkdpmvşbçfc "
        "âklh_gdmyntbsreuf:ln_yrmhkğtzdbfşsvic İ_:slnmr"
    ),
}
BALTIC = {
    "Lithuanian": (
        "ėndlrtkmbvsgpšžjzi_a:_sjtlmdgknžrvpšč ųitjmnksrgldvbpšž:_js "
        "ši_aekrouypūėgt:iktav_eoysčluėmrgpndbįūųąę "
        "ž_adueroiėįąymglnp:iaemuoydtvskėnį_pąrųlbū ąmtjknsrilgdvbpžš_:_jsžlmrv "
        "į_ntlrjkšdežsgvpmb:_svrtžmkgdpjėšl ūbtrikjms_lgdpšvcnžz:rstnkdplgmzšvčbž_ "
        "čineaš_usyroėlūkpm:iea_d ęntlkvbrjmdgsšpžz:_sšž"
    ),
    "Latvian": (
        "ātnkjrmlpdgvsbš_zicļņuže:_srktjdmlcvnpšzbf īrtlzdncmsv_bpšķžģ:btgvj_sdmnkcršlzpļņ "
        "ēvplmrtdzsncb_ņķjšģžf:jtrl_mskdšncgģļpvzķž "
        "š_oeakurēāīiņgmūptlnzļ:aiuo_āķīsērvneņtlpdmū ūbjtmrlsgļp_kdnšzcčž:tsrdkvpzšn_cglžmjķ "
        "ņieazo_uāīrtšpļkē:aueišēoāķģd_b ļkae_ēiuīgātopbļš:auioā_ūeķņšļģvērlkf "
        "žead_iūāouērnīmlg:auoāieē_īģsūrņkm ķš_iraēeļņīouūā:ieīēuaoāūt "
        "ģē_eoaurižņļpīā:ieēīuao_ č_anoieāuīlūpš:euaiāoūs_pīh"
    ),
    "several at once": "ė: ā: ų: ī: š: ē: ž: ą: ū: į: ņ: ļ: č: ę: ķ: ģ:",
}

# The letters of whole alphabets, the most frequent first.
CYRILLIC = {
    "Russian": "оаеинтрслвкмпдуяыгьбзйчхжюшцфщэёъ",
    "Ukrainian": "оаниіртвесклудмпзяьгбчйхюцжшїєфщыэґ",
    "Bulgarian": "аиеотнрсвлкдпмзяъбугчжцхщйшфюь",
    "Serbian": "аиеонртскдмвлупјзбгцшчњжфљћхђџ",
    "Macedonian": "аоиетнрсвклдпмузјбгшчцжфњќхѓџљѕ",
    "Belarusian": "анілыескрятдпцмьвзоуўбэгчшйхжюёфґи",
}
GREEK = {
    "Greek": "ασεοιτνρκπμληυάίέόγδήωχθύφβώξζψϊ",
}
HEBREW = {
    "Hebrew": "יוהלתרמבשאנםעדחקפכסגטצןזךףץ",
}
ARABIC = {
    "Arabic": "اليموترنبدعةهسكقفحأجشصطخزضإثذىغئءظآؤ",
    "Persian": "ايرنمدوهتبسلشكزفگخعقجحپآصطچضغذظثئژأىءؤةإ",
}
THAI = {
    "Thai": "า่นอ้เรกมลีังหยสบดทตวไปิจูคใขื์ชะแุ็ผพถำซณโฟธึศญษภฤฉฮฐ๊ํฎๆฝฬ",
}

# Characters in the order of their frequency: those which make up two fifths of a text (two thirds
# of a Korean one), those which make up as much again, with what products are, and other usual ones.
SIMPLIFIED = (
    (
        "的是一在不人有了我国这为中个大会们他来和年上以要到时对么能你就发可地生家出也说于学后成与"
        "过行用日多自现都没作下得开经还法动好方而公子事分之民主里政看吗本月所天新业同全定部最其进"
        "如前机美那当工关实小被但"
    ),
    (
        "因长样理等什道去些面很心间区内电然力起体只着从并者高加想文问种员重及点将意合产三外由市无"
        "女已制网第情场名应西代正表真此位题相明资计建利系化期特性度果次给让两通教任比该东活手世提"
        "或使她物数立认怎知结入更总务话斯统目社展战做设安别信影己受解军司回把保平常见向海变报治台"
        "爱品北何接界论组件权选府议少它共运车至记又原金身式老路决科联视口处各持站量交万直反南打据"
        "基始再快水门十感程导传院才放今术强元完号图规改管划亚领际单头二尔需布达队片求非历每书指马"
        "广党几太先带游城办球色觉义级师专类约集告技团取儿参克史服格候调包请德必拉乐许造确气难吧收"
        "证称语山死线示条像流命根则近济京听英士价推标举争友干支委四续况准形男望官且走失言备容观华"
        "港质案钱查整未费空转较众神商风校字香啊首州料育创织却照亲识消研离具算欢哪型注源护连节周即"
        "投获音清增供五孩光项张息白构省律声演农究器边步喜局医象写除境思赛装谁跟便杀击响职助易版希"
        "属住洲巴红蓝绿黄黑灰紫粉橙棕银瓶罐杯碗盘盒袋箱茶咖啡酒糖油纸木石玻璃陶瓷棉麻丝绒皮革竹藤"
        "塑钢铁铜桌椅柜床灯毯垫枕衣裤裙鞋帽镜花草叶树莓苹柠檬蜂蜜霜乳液精唇膏妆肤洗画景远左右侧俯"
        "仰柔窗晨夕阳暖冷阴磨砂亮哑透简复古摆旁央签粗细宋楷摄详底倒满冒热滴珠雾雨雪冰云森林园厨客"
        "厅卧糕饼壶勺筷刀叉锅盖胶枸杞燕窝螺翠珍玛瑙檀梳炉"
    ),
    (
        "星企引找试考列罗存须越态群县功纪超害戏显族维深责值买足环模极协断警吃王百段验切往早终另够"
        "独习营括岁曾评随例错继米预玩故份速闻效致火妈阿呢拿兰采房病户限艺严仅录江势控察优兴绝土施"
        "宣武止负尼谢食叫欧母低帮留积志虽朋否令读伤夫眼置播域频派居监飞晚策卡尽刚讲苏股谈送诉河密"
        "落半念剧村依湾印哥破编待初双防普围批愿轻承青免室范修压状排率险福父适担六角层判卫财占络奖"
        "执假席仍突测班旅升配停似笑审歌般换均千养博威富微移罪票岛择奇紧韩久抗汉副犯亿波乎八款甚检"
        "馆著差斗销购救坚讨庭镇药店章陆介益纳朝宝俄述素哈脑拍互乡按坏兵怕核善激拥街卖载钟临享释背"
        "婚伊血充货您龙攻降射恶危略败奥弹付帝毛刻某减冲输永媒秘遇靠答座典码征访筑短析训胜疗温弟异"
        "阶劳退穿束七航姐夜厂疑词九藏毒额楼牌补杂亡康材健练盟妇沙届课乱软板索追湖暴融登售困圣授误"
        "梦缺督操味顾页遗礼遭枪私牙吸础毕封币宗露讯稳宁辑恐托努曲李块爆灵守余怀亦伦季烈舞皇坐若扩"
        "幸逐序迎址竟午妹禁肯澳搞脸鲜苦船概贵附趣库跑鱼轮顿翻良旧狗急寻套综掉顺童迫庆丽春吉脱竞虑"
        "架呼端违含堂怪尚抓汽挥归骗诺肉招探培睡献针饭敢野惊避智痛既啦牛税洋谓敌申巨慢炸忘句渐唯损"
        "弃彩阅散绍漫洛休塔伯染召佛诗鲁刑雷笔萨汇楚延松予坦妻裁丰促脚贝唱译启赢幕爸贸障泽熟混蒙固"
        "宪毁勒顶侵餐静赶篇懂闭浪荣醒夏借桥订陈灭迷暗援尤宫谋聚塞尊秀拜贴估挑屋恩田嘛泰赞逃绩乌喝"
        "阻川涉捕震鼓兄蛋植距佳键鸡狱途魔雄奶哦邦卷励末跳替链搜伙纽夺灾岸废刺弱烟兼旗署瓦狂遍辆莱"
        "忙驻麦残莫逼触姆拒符隐籍盛描册娘沉徒丹坛津冠掌胡毫宾抵婆迹祖伴污抱泛纷朗菜累鬼恋偷纯潮勇"
        "昨倍罚阵暂伟摩径默抢菲曼档贫埃惯仪允挂折烧祝坡奋姓疯零缩矿艾袭租彻映耳谷宽瑞刊虚圈幅询棒"
        "邀措辖悲潜烦雅撤甲欲漂墙硬截刘骨贷奴黎忆诚粮症倾忍赚宜爷迪嘴呀握伍览锁乏拟舰聊邮隔丁胁沿"
        "偏殖扬贡恢械陷缘患戴净迅惠杰圆缓搭繁迁齐殊扰绪乘赏债娱券诸峰旦孙涨饮荐跨趋腐衡剩弄鸟俗怖"
        "猫猪骑龄疾碍唐饰洞誉偶抽炮迟呈丢犹荷哭储揭踪胞邻驾庄役隶怒堡姑猜颜巧插账幼赖墨皆润辩裂敬"
        "娜尝忽返虎凡筹厌秒颗吓腿耶焦辞盗彼幻扎董疆绕碰豪穷燃疫滑尾骚挺睛偿剑秋轨叙凭酸尺圳敦沟玉"
        "梅剂驱践驶脏递悉君哲刷屁孕兽穆孤梁肥厉腊隆凯覆辛绘纵池辈颁赌罢惨宇陪恨酷蒂胆吨厚骂伸"
    ),
)
TRADITIONAL = (
    (
        "的是一在不人有了我國這中個大會們他來和年上以要到時對麼能你就發可地生家出也說於學後成與過"
        "行用日多自現都沒作下得開經還法動好方而公子事分之民主政看嗎本月所天新業同全定部最其進如前"
        "機美那當工關實小被但因長"
    ),
    (
        "樣理等什道去些面很心間區內電然力起體只從並者高加想文問種員重及點將意合產三外由市無女已制"
        "網第情場名應西代正表真此位題相明資計建利系化期特性度果次給讓兩通教任比該東活手世提或使她"
        "物數立認怎知結入更總務話斯統目社展戰做設安別信影己受解軍司回把保平常見向海變報治臺愛品北"
        "何接界論組件權選府議少它共運車至記又原金身式老路決科聯視口處各持站量交萬直反南打據基始再"
        "快水門十感程導傳院才放今術強元完號圖規改管劃亞領際單頭二爾需布達隊片求非歷每書指馬廣黨幾"
        "太先帶遊城辦球色覺義級師專類約集告技團取兒參克史服格候調包請德必拉樂許造確氣難吧收證稱語"
        "山死線示條像流命根則近濟京聽英士價推標舉爭友幹支委四續況準形男望官且走失言備容觀華港質案"
        "錢查整未費空轉較神商風校字香啊首州料育創織卻照親識消研離具算歡哪型注源護連節周即投獲音清"
        "增供五孩光項張息白構省律聲演農究器邊步喜局醫象寫除境思賽裝誰跟便殺擊響職助易版希屬住洲巴"
        "星企引找紅藍綠黃黑灰紫粉橙棕銀瓶罐杯碗盤盒袋箱茶咖啡酒糖油紙木石玻璃陶瓷棉麻絲絨皮革竹藤"
        "塑鋼鐵銅桌椅櫃牀燈毯墊枕衣褲裙鞋帽鏡花草葉樹莓蘋檸檬蜂蜜霜乳液精脣膏妝膚洗畫景遠左右側俯"
        "仰柔窗晨夕陽暖冷陰磨砂亮啞透簡復古擺旁央籤粗細宋楷攝詳底倒滿冒熱滴珠霧雨雪冰雲森林園廚客"
        "廳臥糕餅壺勺筷刀叉鍋蓋膠枸杞燕窩螺翠珍瑪瑙檀梳爐"
    ),
    (
        "試考列羅存須越態縣功紀超害戲顯族維深責值買足環模極協斷警喫王百段驗切往早終另夠獨習營括歲"
        "曾評隨例錯繼米預玩故份速聞效致火媽阿呢拿蘭採房病戶限藝嚴僅錄江勢控察優興絕土施宣武止負尼"
        "謝食叫歐母低幫留積志雖朋否令讀傷夫眼置播域頻派居監飛晚策卡盡剛講蘇股談送訴河密落半念劇村"
        "依灣印哥破編待初雙防普圍批願輕承青免室範修壓狀排率險福父適擔六角層判衛財佔絡獎執假席仍突"
        "測班旅升配停似笑審歌般換均千養博威富微移罪票島擇奇緊韓久抗漢副犯億波乎八款甚檢館著差鬥銷"
        "購救堅討庭鎮藥店章陸介益納朝寶俄述素哈腦拍互鄉按壞兵怕核善激擁街賣載鍾臨享釋背婚伊血充貨"
        "您龍攻降射惡危略敗奧彈付帝毛刻某減衝輸永媒祕遇靠答座典碼徵訪築短析訓勝療溫弟異階勞退穿束"
        "七航姐夜廠疑詞九藏毒額樓牌補雜亡康材健練盟婦沙屆課亂軟板索追湖暴融登售困聖授誤夢缺督操味"
        "顧頁遺禮遭槍私牙吸礎畢封幣宗露訊穩寧輯恐託努曲李塊爆靈守餘懷亦倫季烈舞皇坐若擴幸逐序迎址"
        "竟午妹禁肯澳搞臉鮮苦船概貴附趣庫跑魚輪頓翻良舊狗急尋套綜掉順童迫慶麗春吉脫競慮架呼端違含"
        "堂怪尚抓汽揮歸騙諾肉招探培睡獻針飯敢野驚避智痛既啦牛稅洋謂敵申巨慢炸忘句漸唯損棄彩閱散紹"
        "漫洛休塔伯染召佛詩魯刑雷筆薩匯楚延松予坦妻裁豐促腳貝唱譯贏幕爸貿障澤熟混蒙固憲毀勒頂侵餐"
        "靜趕篇懂閉浪榮醒夏借橋訂陳滅迷暗援尤宮謀聚塞尊秀拜貼估挑屋恩田嘛泰贊逃績烏喝阻川涉捕震鼓"
        "兄蛋植距佳鍵雞獄途魔雄奶哦邦卷勵末跳替鏈搜夥紐奪災岸廢刺弱煙兼旗署瓦狂遍輛萊忙駐麥殘莫逼"
        "觸姆拒符隱籍盛描冊娘沉徒丹壇津冠掌胡毫賓抵婆跡祖伴污抱泛紛朗菜累鬼戀偷純潮勇昨倍罰陣暫偉"
        "摩徑默搶菲曼檔貧埃慣儀允掛折燒祝坡奮姓瘋零縮礦艾襲租徹映耳谷寬瑞刊虛圈幅詢棒邀措轄悲潛煩"
        "雅撤甲欲漂牆硬截劉骨貸奴黎憶誠糧症傾忍賺宜爺迪嘴呀握伍覽鎖乏擬艦聊郵隔丁脅沿偏殖揚貢恢械"
        "陷緣患戴淨迅惠傑圓緩搭繁遷齊殊擾緒乘賞債娛券諸旦孫漲飲薦跨趨腐衡剩弄鳥俗怖貓豬騎齡疾礙唐"
        "飾洞譽偶抽炮遲呈丟猶荷哭儲揭蹤胞鄰駕莊役隸怒堡姑猜顏巧插賬幼賴墨皆潤辯裂敬娜嘗忽返虎凡籌"
        "厭秒顆嚇腿耶焦辭盜彼幻扎董疆繞碰豪窮燃疫滑尾騷挺睛償劍秋軌敘憑酸尺圳敦溝玉梅劑驅踐駛髒遞"
        "悉君哲刷屁孕獸穆孤梁肥厲臘隆凱覆辛繪縱池輩頒賭罷慘宇陪恨酷蒂膽噸厚罵伸綁甘巡帳咱楊盾俱"
    ),
)
KANJI = (
    (
        "人日大本出見一分時事中言思年行間気生自方上会子今前者的入月手国作合来何女全最無場動用目後"
        "発学話定当理高感性部地回新画使下実私物体知通力家同名対度業良多持開代金意内長関変所数戦要"
        "外社以取化明現食法結心世"
    ),
    (
        "不好成俺楽味考能小立機書初面期少様田付違先員車山市解問連報近安番記加公売仕神教界特主表信"
        "東品電聞選終題悪必正二強男続真死道料決語他可野確文相美情水向切愛身受円集別始達彼元在活買"
        "着重三引位過有次海保経送点原利調制万白式第屋限設民直起待勝組得果店込運色放県指約流予置認"
        "読状参京政川応音誰口校島系残件産配天平想進常計素優欲由空議説際像風落士止然足単伝映線消早"
        "務演声格友係反殺質夫頭葉木和飲北乗供治転僕撃登交半広台親夜都個帰共張形録完存価基支願覚増"
        "投判王示害念術顔呼態失笑型絶難返育構容命朝告再写権試追影等検観量備号工週太軍探義装緒断光"
        "曲企住種収器町論験査石歳営古西君任役土周字護職病段婚技奴嫌院版視超注毎歌普十速望母資花非"
        "側馬値更団歩園魔載区村求象氏飛未急効離規済福科製師族提例割働移撮黒証細居警英丈休球低負満"
        "介率識類室米父駅火異攻接改統官訳程争頃去井隊復深藤派医展総造抜助門寝研皆与星比赤突了岡為"
        "催故処守青緑黄茶紫桃橙灰銀布革竹陶磁瓶缶杯皿碗鍋箱袋机椅棚床灯草香塩糖酒油紙絹綿麻鏡靴帽"
        "傘鞄筒湯呑抹柔窓夕陽霧雪氷雲森庭"
    ),
    (
        "打頼除千局換座専編建管施敵察興府宮減若差破客漫準怖走阪販案服精簡援域忘許降費況南両夢防倒"
        "究似商末薬各武党曜我壊習協罪首痛恋路戻郎評谷修夏史肉導苦松館幸横歴遊被逃極枚響図帯熱激退"
        "材含策独弾兵遠巻条軽沢適囲渡勢答春描般姿階具犯絵申根詳境遅久御危絡便振崎担右越旅療焼血険"
        "仲温寄払挙戸環娘印労司賞希城頂佐兄捕爆韓領逆射敗弁左街辺級健脱談橋芸雑冷替倍余給疑毛散聴"
        "船障困昔補整頑昨密監裏掛衛丸紹及恐謝模四貴州波息祭舞端将株覧髪触犬圧迎乳押因席児背玉途練"
        "属板晴責税秋鉄索秘標震症妻宅腹従禁織艦算奈暴傷継遺裁礼百扱並怒届眠弟推隠略積短額喜惑複避"
        "闘弱携鹿雨景功宿亡迷盛乱吉省五駄宇刑浜脳染財稼静悲掲源操嬉博卒片列巨徒庫創猫救凄嘘吸授鳥"
        "滅納姉志疲災八互暗洗誘抗稿課択採誌純劇致洋富池固驚麗筋勤契飯順聖輪角混誕勉怪捨令泉競徴沖"
        "留築秒典仮瞬募江測厳委齢億節甘永縄抱損跡衣拠充華講妹坂借票閉陸停港尾剣督浮否酸既奥康堂骨"
        "辞養刻裕伊老快宣憶壁清婦宙購拡層午泣里称己汚盤菜刺依章岩則悩紀豊折請狙束候律荷昼慢繋燃籍"
        "魚廃吹鮮善著辛才照貰訪津綺歯詰寺暮誤訴液慣幼益植旧宝耳延恵維躍露伸底林河祝到群騒倉蔵審繰"
        "農盗羽桜九札腕穴冬秀樹臭毒胸恥奏賀隣栄趣即邪易緊郡寒瀬獣幕承遣就奇奪項姫央欠述銃霊虫航皇"
        "輸崩幅挑駆占宗患酷襲雄皮妙枠剤鬼均丁厚狂逮脚券刊距診塗較尻薄至帝討副荒握甲幹牛削勇詞炎招"
        "舗鳴範踏砂昇締眼耐彩微迫獄慮免柄童融唯衆岸批努豆季績七析魅輩徳埋衝謎熊濃寿獲偽昭捜包賛肌"
        "渋忙核貨闇那六雇是呂干矢巡陰湾憲貸暑械看酔豪概悔臣雰房魂侵諸掃祖傾歓鈴徹執摘敷抑龍臓署訓"
        "浴渉輝縁也排叩尊棒縮踊鼻黙針飾尽悟句咲飼敬浦懐梅勘筆暇揮潜紅抵騎漢閣履奮透欺陣肩詐吐還珍"
        "棄須諦双庁旦威刀僚煙貧搭譲腐揃鎖晩貼釣卵儀拒殿之胞却粉封菓泊竜塚償駐鑑勧嫁圏舎仏閲叫掘欧"
        "浅杉翻妊臨芝賢伴郷釈殴誠熟豚梨亜狩邦祈漏献剛腰懸脅沿噂凍乾暖阿雷汗埼盟涙揺誉貯潰裸仙寂冒"
        "菌妖砲沈繁翼炭翌誇添鍵滞幻併撤遇罰狭縦智溶嬢虐妄葬乙慎垢墓忍澤亀匹飽殊岐沙稲賃控遂喋乃幌"
        "嵐呪潟劣汁伏如屈匂偉隷孫帳拾癒裂託睡哲揚又旨唱兼脂滑癖潮涼冊仰喫贈焦該湖戒磨緩堀璧銭坊陥"
        "俗預忠拶挨拝騙孤奨礎倫泥遭肢漁硬沼喧旗貫稚隔謀褒麺脈娠没牧糞随肝綾詩軸穂嘩畑粋序旬披麦痴"
        "偵頻噛縛偶需酬唐顧網扉摩拘貢郵挿把鶴玄哀祉溜刷塾泳卓召糸債羅狼覆朗俳促匿猛浸貞粒"
    ),
)
HANGUL = (
    (
        "이다는에하고가을지의로서은아한어도기사니있를나해리시그요인들자일게대라으스수만보제면정주"
        "전부여거과장했상안마구었데오야내원우신적것성국되세위와무할동생소트드모미진문중말화공까러"
        "비습간없분조저입개터유계"
    ),
    (
        "치월같경회선년때연실바음관용더명학네영교당작좋방려않합래발건된단재며각운금람행남물알차등"
        "통번르던두타후프겠체크랑식히너산역버임호포예결반잘님함심속업본레파직디감처런카못노았군받"
        "배매출양표피살든현많른법달난집민설였최형또불력키천걸강날울테싶청루종언약애코점워토추준께"
        "질외근태올참격렇름친초늘권온린따록목복새료편능열판별맞변메머티항필왜술누절확느특먹줄평씨"
        "럼브길급란돌박증송손뭐죽독죠좀즈론활막찾존곳될순컵잔병캔접릇빨검얀흰갈색빛뜻햇창품글벨찻"
        "잎녹홍커꿀탕꽃향림션립틱옷"
    ),
    (
        "환페투얼냐석봐및잡광왔혼담져엔족볼짜령책플녀완승축베육총망쪽백악북앞긴험끝쓰빠블류범침됐"
        "힘응김황희눈엄냥벌련억움패겨클졌충뒤채릴케째셨왕첫견놓규협츠취렸끼슨답럽뉴삼퍼폭획락써착"
        "찰큰돼팀잠밀닌돈량극봤쳐택랜뿐밤귀몇몰넘먼떤십놀쟁둘탄났줘떻허셔죄밖철얘쿠떠램캐갖굴갔탈"
        "듯혹높몸잖슬센곡널켜링싸싫측릭웃갑농틀떨골쉬넷념득탁맛혀팔찬홈꺼깨녕꾸례휴효벽듣폰풀얻찮"
        "징엘뭔찍논짓괜익텐믿암욕읽큼맨꿈즐꼭웨쇼넣벤붙콘봉풍숨팅숙솔층앨염델궁컴멋슈액척괴압맡밝"
        "겁률템폐곤앙빈덕됩율뮤싱딸렌뛰겼끌빌헤콜텔삶컬퇴흥랐헌냈쳤객칠혁훈엇좌롭씀컨즘즉멀씩맥턴"
        "늦롯낮칭웠룹팬젠낸쉽털놈혈픽럴킹닥킨쁜딱핵낌빼걱균똑웹줬촬짐킬흔퓨몬쁘앉칼곧쓸홀땅샤뷰캠"
        "쯤칙앤므픈섹끔잊졸옥짝랍푸닐튼혜랙밥딩낼략옆녁즌핑흐폴랬벗깐맘잃쩌섬뭘뜨탑춘슴멤탐깊튜꼬"
        "켰밌윤묻켓촌휘렉콩쥐됨끄셀겸틴섭렴슷섯촉찌뇌납혔핀닉껴럭넌릿롤욱닝낙뷔쓴셋짧톤랄춰렵떡잭"
        "춤쇄둥빅윈젊힌젝옛멘큐흘멍밍맹잇닙땐렀앱봄흡쌍값겪칸맙셜듀묘빙씬끊펜융뢰옮밴갤겐둔흑깔랫"
        "둑밑텍헬왼낫첨냄뀌샘댄뻔멸덜챙엉닫잉삭힐몽롱굉젤냉넓썼꽤숲걷덩떼톡훨샵엑뽑훌봅웅쿄꾼랭뿌"
        "딜옵셈튀쏘혐멜룸팩팝낳딘챔싼빵믹봇묵핸붕폼덴콤멈깜앗덤륭쌓끈펴켄꼴윌샌쩔엽딴엠븐쾌돕랩숫"
        "놔륙헨덮깝룩듬렬탓꿔굳닷곱펼쿨낭롬읍뒷톱뻐맺뱅줌끗괄묶뇨걔캘컷퀴짱곁댓띠뱀눌옹픔렛룰룬톰"
        "껏쫓닮쟤닭닿똥젖릎넥셉틸뚫낄빗쌀꼈윙숭릉쏟멕캡벼쇠씻눔첩탠붉닛눠엿섰핫띄흠뤄겹꼽곰룡놨탱"
        "잤뚜깃윗섞굿밟삽돔늑좁옳긍햄툰닦틈벅듭낯펀녔낀갱둠뼈뚱흉앵좆꽉빚셰곽왠헛샀쥬웬펙펠넬퀘칩"
        "팡퀸릅톨땀갓렘킷"
    ),
)
KANA = (
    "のいてなにたしでるとはがかっをすもらうんれまだこりくあよさけきそやおどえわちめつねじせみゃろばずょごほべげへぎびむぶぞぐひぁぜざゆぱふぼづぇぬぽ゚"
    "ンスイトルッラリクアタドレロシカマジフプコメバムテチキグサブャオニデパィナウビエュダミセツズョハモネベガポボェケワノソピホゲァヤペゴギザヒォユヘゼヨヴヶゾー"
)
