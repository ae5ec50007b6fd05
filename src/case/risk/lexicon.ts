/**
 * The words that speak for a signal, in Chinese and English. Weak words count half: two of them speak as loud as a strong one. A gap
 * (`.{0,n}`) is always bounded, so that the work grows with the text and not faster. What is written here is matched against text in lower
 * case with half-width characters (`scan.ts`).
 */
import type { WordSignal } from '../../words/risk.ts'

interface Words {
  strong: readonly string[]
  weak?: readonly string[]
  /** Whether a denial just before it takes it back: “nobody was injured”. */
  denied?: false
}

/**
 * Figures of speech and names of things that sound like a signal and are none. They are blanked out before anything is looked for, so a
 * text that also means it keeps its other words.
 */
export const traps: readonly string[] = [
  // bargains and shop talk
  '砍[一两三]?刀',
  '一塌糊涂|烫手山芋|(?:很|都|就|有点|屏|发热)?烫手(?!指)|起泡膜|气泡膜|转发微博|(?:垃圾|差|烂|慢|卡).{0,2}到爆炸?|(?:就是|是|当|装)孙子|吃出来这个',
  '砍[单价]|砍到.{0,4}元',
  '杀价|杀熟|秒杀|绝杀',
  // praise and slang
  '炸裂(?=了|$|[,。!,])(?<!就炸裂|杯炸裂|屏炸裂)',
  '(?:价格|音质|颜值|性能|低音|效果|画质).{0,6}(?:爆炸|炸裂|爆表)|爆炸(?:好|便宜|快|多)',
  '(?:问|被问|气|忙|热|卖|心态|群里?|评论区|电话打|炸)炸(?:了|锅)?(?!弹)',
  '炸(?:鸡|锅|酱|串|薯|物|虾|弹糖)|炸出来的|油炸|空气炸锅',
  '(?:气|笑|累|急|烦|热|冷|饿|丑|难看|难用|慢|卡|贵|困|坑|吵|臭|想|爱)死(?:了|我|人|个人|你)?',
  '死机|死板|死活|打死(?:都|也)?(?:不|没)|要死不活|死贵|板砖',
  '火了一把|火了的|火遍|火爆|大火的|爆火|网红火|很火|火锅|灭火器?|防火|火龙果|火腿|火机',
  '手(?:都|要|快)?断了|腿(?:都|要)?(?:走|跑|站)?断了|眼睛?(?:都|快)?要?瞎|亮瞎|辣眼睛|吐血|呕心|想吐槽|吐槽|吐司|吐露',
  '骗你(?:的啦?|玩|哦|呢)|骗好评|不骗你|骗不了|骗(?:个|点)赞',
  '颜色.{0,2}毒|有毒吧你|中毒太深|毒舌|剁手|扎心|晒伤膏|烫伤膏|创可贴',
  '媒体播放|多媒体|自媒体课|流媒体|记者证|律师(?:朋友|事务所的朋友|袍|证)|法院附近',
  '孩子(?:他|她)?[爸妈]|孩子气|熊孩子一样|儿童节|童装店',
  '上火|着火点|恼火|发火|窝火|火气|冒火(?!花|星)',
  '(?:收到|拿到|看到|打开).{0,4}傻眼',
  // English
  "killing me(?:,? in a good way)?|kill(?:ed)? it|killer|dying to|i(?:'m| am) dead|to die for",
  'dead(?:line| on arrival| pixel| battery)|(?:is|on|pure|straight) fire(?: but)?\\b(?! alarm)|fire (?:extinguisher|stick|tablet|tv|pit|alarm)|fired up',
  'is a steal|steal of a deal|rip(?:ped)? (?:at|along|in) the|burn(?:ed|s|ing)? (?:a )?(?:dvd|cd|disc|calories|through|rate|in)',
  'bomb(?:ass)?(?: deal)|blew (?:me|my mind)|mind.?blowing|price (?:shock|cut)|court shoes?|tennis court|post office|post(?:al)? code|press(?:ing|ed)? (?:the|a|any) |press (?:button|fit|stud)s?',
  "first.?aid kit|child.?lock|baby (?:blue|pink)|kidding|kid(?:s|’s|'s)? (?:section|menu)|scam(?:per|pi)|hot fix|news ?letter",
]

export const lexicon: Readonly<Record<WordSignal, Words>> = {
  regulator: {
    strong: [
      '12315|12345|12358|12378',
      '消费?者?协会|消协|消委会?|消保委',
      '工商(?:局|所|部门|和|投诉|举报|那边)|市场?监管?(?:督)?(?:管理)?(?:局|所|总局|部门)|市监|监管部门|食药监|药监局|质监局|质检总局|网信办|商务局|信访',
      'consumer (?:protection|affairs|council|association|ombudsman)|trading standards|\\bftc\\b|\\bbbb\\b|better business bureau|attorney general|ombudsman|\\bcfpb\\b|\\bcpsc\\b|\\bfda\\b|regulators?\\b|watchdog',
    ],
    weak: ['投诉到(?:上级|有关部门)|有关部门|主管部门', 'authorit(?:y|ies)\\b|report (?:you|this) to the government'],
  },
  press: {
    strong: [
      '曝光|爆料|媒体|记者|电视台|报社|新闻.{0,3}(?:会|上|播|媒体|频道)|[一-龥]{2}频道|315晚会|热搜|舆论',
      '(?:发|放|传|挂|投|曝).{0,6}(?:微博|抖音|小红书|快手|b站|朋友圈|知乎|贴吧|网上(?!买|卖|购)|网络上|公众号)|(?:微博|抖音|小红书|快手|b站|朋友圈|知乎|贴吧).{0,8}(?:发|曝|长文|视频|见)|(?:发|拍).{0,4}视频.{0,12}(?:大家|网友|火|你们|曝)|让(?:大家|网友|全网).{0,6}(?:看|知道|评理)|(?:百万|十万|万)粉丝|网友都?(?:知道|看)',
      'journalists?\\b|reporters?\\b|newspapers?\\b|\\bthe (?:press|media)\\b|local news|news (?:station|channel|outlet|desk)|tv station|go(?:ing|es)? viral|\\bon (?:tv|the news)\\b',
      '(?:post|share|upload|tweet|put|publish|video|expose|review).{0,30}(?:twitter|facebook|tiktok|instagram|youtube|reddit|social media|\\bonline\\b|all over)|followers (?:will|are going to)',
    ],
    weak: ['网上见|全网', 'social media|influencer'],
  },
  lawsuit: {
    strong: [
      '起诉|法院见|上法院|法庭|诉讼|打官司|传票|(?:找|请|联系|委托)(?:了|好|个)?律师|律师函|仲裁委',
      '已?经?报了?警|派出所立案|警方立案',
      '\\bsu(?:e|ing|ed)\\b|lawsuit|legal action|my (?:lawyer|attorney|solicitor)|see you in (?:\\w+ ){0,3}court|small claims|take (?:you|them) to court|press charges|class action|file(?:d)? a police report|called the police',
    ],
    weak: ['律师|法律途径|走法律|报警', 'lawyer|attorney|solicitor|litigation|legal (?:steps|proceedings)'],
  },
  injury: {
    strong: [
      '受伤|烧伤|烫伤|灼伤|划伤|割伤|砸伤|摔伤|扎伤|刺伤|夹伤|电伤|炸伤|咬伤|灼烧|骨折|脱臼|流(?:了)?.{0,3}血|出血|缝了?.{0,2}针|休克|昏迷|窒息|抢救|住院|急诊|送医|挂水|输液',
      '中毒|上吐下泻|拉肚子|腹泻|呕吐|过敏|红肿|溃烂|起(?:了)?(?:红|水|皮)?[疹泡]|皮炎|红屁股|湿疹|皮疹',
      '(?:砸|磕|摔|撞|夹|扎|割|划|刺|(?<!充|家)电|烫|烧|弹)(?:破|断|裂|到|进|坏|晕|伤|肿|着)?了?(?:我|他|她|老人|孩子|宝宝|儿子|女儿)?的?(?:我|他|她|孩子)?的?(?:手指?|脚|头|脸|腿|胳膊|手臂|肩膀|眼睛|锁骨|嘴)|(?:手指?|脚|头|脸|腿|胳膊|手臂|肩膀|眼睛|锁骨|嘴).{0,3}被.{0,6}(?:砸|磕|摔|撞|夹|扎|割|划|刺|电|烫|烧|弹)|摔断|磕破了头',
      '被电(?:了|到|晕|击)|触电|电晕|手臂?.{0,2}麻了|误食|误吞|吸入',
      '\\binjur(?:y|ed|ies|ing)\\b|hospital|emergency room|\\be\\.?r\\.?\\b visit|stitch(?:es|ed)|fractur(?:e|ed)|(?:broke|broken) (?:my|his|her|a|the) (?:\\w+ )?(?:arm|leg|wrist|ankle|nose|finger|bone|collarbone|hip|foot|toe)|bleeding|bled\\b|surgery|concussion|unconscious|paramedics|ambulance',
      '\\b(?:burn(?:ed|t|s)?|cut|hit|scald(?:ed)?|shock(?:ed)?|scratched|crushed|bit)\\b(?: (?:on|to|off|into|open))? (?:my|his|her|our|their) (?:\\w+ ){0,2}(?:hand|hands|finger|fingers|arm|arms|face|leg|legs|foot|feet|head|eye|eyes|back|skin)|chemical burns?|burns on|blisters?\\b',
      'electric shock|electrocuted|food poisoning|allergic reaction|\\brash\\b|vomit(?:ed|ing)|threw up|sick all|diarrh|hives\\b|swallowed|choked\\b|choking on',
    ],
    weak: ['破了.{0,2}皮|割到手|伤到|疼了|肿了|痛得', 'hurt\\b|bruise|swollen (?:face|eye|lip|hand|arm)|painful'],
  },
  hazard: {
    strong: [
      '起火|着火|烧着|自燃|冒烟|冒火[花星]|爆炸|爆燃|(?:锅|杯|屏|灯|电池|机|玻璃|瓶).{0,3}(?:炸了|炸开|炸裂)|就炸裂|漏电|短路|触电|电晕|被电(?:了|到|击)|漏(?:气|液|煤气)|煤气泄漏|电池(?:脱落|鼓包|漏|爆)|鼓包|烫得',
      '刹车(?:失灵|失效|没反应)|(?:突然)?(?:断裂|断开|垮|塌|散架)|突然断|轮(?:子)?掉了|掉下来砸|飞出来|毛刺|尖锐|锋利|卡扣.{0,4}松|(?:脱落的|掉出).{0,4}(?:电池|磁铁|零件|纽扣)|安全隐患|太危险|有危险|出人命|差点(?:出事|被|摔|烧)|报警器.{0,3}(?:不响|没响|失灵)',
      '变质|发霉|发臭|腐烂|过期|长虫|有虫|生虫|虫子|异物|玻璃渣|吃出|没有生产日期|三无|有毒|甲醛|刺鼻|食物中毒|碎片扎',
      'caught fire|on fire|in flames|\\bexplod(?:e|ed|es|ing)\\b|explosion|\\bspark(?:s|ed|ing)\\b|smok(?:e|ing) (?:came|coming|from|out)|smells? of (?:burning|gas)|overheat(?:s|ed|ing)?|short.?circuit|electric shock|electrocut|leak(?:s|ed|ing)? (?:gas|current|acid|battery)|gas leak|battery is (?:swollen|bulging|leaking)|swollen and bulging|bulging',
      "brakes? (?:failed|fail|do not|don't|gave)|collapsed|(?:rail|leg|strap|handle|wheel|chair|ladder|lid|seat|frame|shelf) (?:broke|snapped|came off|gave way|fell off)|shatter(?:ed|s)|shards?\\b|sharp edges?|loose magnet|unsafe|dangerous|toxic|lead paint|choking hazard|safety (?:hazard|risk)|chemical burns?|buckle.{0,20}opens|opens by itself|nearly (?:fell|burn|electro|caught)|burned (?:my|his|her)",
      'expired|mou?ldy|spoiled|spoilt|rotten|contaminated|maggots?|insects? in|bugs? in|(?:metal|glass|plastic|wire) (?:bits|pieces?|shards?|fragments?) in|had (?:metal|glass|plastic)|food poisoning|recall(?:ed)?\\b',
    ],
    weak: ['发烫|很烫|担心.{0,4}(?:爆炸|起火)|漏水', 'very hot|too hot|wobbl'],
  },
  food: {
    strong: [
      '食品|食物|牛奶|酸奶|奶粉|米粉|月饼|饼干|面包|蛋糕|零食|水果|蔬菜|肉(?:类|都|制品|里)?|海鲜|虾|鱼肉|鸡蛋|大米|食用油|火锅底料|底料|饮料|茶叶|坚果|巧克力|糖果|熟食|外卖|保健品|辅食|蜂蜜|调料|酱油|方便面|腊肠|粽子',
      'food|milk|yog(?:h)?urt|\\bformula\\b|cereal|biscuits?|cookies?|bread|cake|snacks?|fruit|vegetables?|\\bmeat\\b|chicken|beef|pork|salmon|seafood|shrimp|\\beggs?\\b|\\brice\\b|drinks?|beverage|chocolate|cand(?:y|ies)|supplements?\\b|honey\\b|noodles|cheese|sausages?',
    ],
    denied: false,
  },
  minor: {
    strong: [
      '宝宝|宝贝女儿|婴儿|幼儿|孩子|小孩|儿童|小朋友|未成年|儿子|女儿|孙子|孙女|娃(?!娃)|新生儿|(?<![一二三四五六七八九十百\\d])[一二两三四五六七八九十]岁的|周岁',
      "\\b(?:my|our|the|his|her) (?:little |young |baby |newborn |\\w+ (?:year|month)[ -]old )?(?:son|daughter|child|kid|kids|children|baby|toddler|infant|newborn|grandson|granddaughter|boy|girl)\\b|\\b(?:\\d+|one|two|three|four|five|six|seven|eight|nine|ten) ?-?(?:year|month)s?-? ?olds?\\b|\\b(?:toddler|infant|newborn|babies|underage|minors)\\b|child seat|children(?:'s|’s)?\\b|\\bcrib\\b",
    ],
    weak: ['童车|童装|婴儿床', '\\bkid\\b'],
    denied: false,
  },
  fraud: {
    strong: [
      '骗子|诈骗|骗(?:钱|人|局|我|消费者|子)|被骗|欺诈|欺骗|假货|假冒|冒牌|仿冒|不是正品|山寨|虚假宣传|黑店|黑心|坑人|欺诈行为|以次充好',
      '\\bscam(?:s|med|mer|mers)?\\b|fraud(?:ulent|sters?)?\\b|counterfeit|\\bfake\\b|rip.?off|ripped (?:me|us) off|swindl|con artists?|thieves|thief\\b|stole my money|took my money',
    ],
    weak: ['忽悠|套路|坑了', 'misleading|dishonest|deceiv|lied to me'],
  },
  threat: {
    strong: [
      '威胁|恐吓|弄死|砍(?:死|人|你|了你)|杀(?:了|死)(?:你|他|人)|打死你|烧了你|炸了你|上门.{0,4}(?:砸|闹|堵|打)|砸(?:店|了你)|人肉|堵(?:门|你)|(?:公布|公开|曝光?).{0,8}(?:地址|住址|隐私|身份证)',
      '自杀|轻生|不想活|活不下去|(?:从|往).{0,8}跳(?:下去|楼)|跳楼|以死|同归于尽|自残|割腕',
      'threat(?:en|ens|ened|ening)\\b|come to (?:my|your) (?:house|home|office|shop)|burn (?:your|the|this|it) (?:\\w+ )?(?:shop|store|house|place|office|down|warehouse)|(?:kill|hurt|beat|shoot|stab) (?:you|him|her|them|someone|somebody)\\b|blow up your|know where you live|find where you live|leak(?:ed)? my address',
      "kill myself|end my life|suicid|hurt myself|want to die|can(?:'|’)?t go on living",
    ],
    weak: ['后果自负|等着瞧|走着瞧', "you(?:'| wi)ll (?:regret|be sorry)|or else"],
  },
}
