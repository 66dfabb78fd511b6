"""Small files that h5py 3.16 (HDF5 1.14) wrote, compressed; h5py itself is not needed to read them."""

from __future__ import annotations

import zlib
from base64 import b85decode

_FILES = {
    "benign": (
        "c-rll!A`<J5QcYKXc`nPi3jo2^lV5FPF|=Hl!Fl?9!!kE23FHpN~EAMr16Sx;3N15K7x<nWB3NR+ub&8jghDaqw`&+JF`2xwEt|v+&Akx`"
        "P^C#F;o?0kcQ&S1iGFahw(FEv9MENAEnTr31X|luZjG+%*Ri{e{|Sru-UT|;XV%vw<-euBhALv0kg-EjyTU!a^6i!kIirHTM#>?b-gGuW0"
        "XfLRF(Zfk2sy~z&*Dwn7@c|uu_Z8q9)FD7ZWp1<XZ~zU6P^Yb*{<Kvj^@R`IJ~bDe&V&-G#q{mLsn}Wxl%8icoh@ckk=YRFd<kUR~n+T-~"
        "+zTXm-3P<JnKvaZuQ2ENAbc54sEK5XKCqD+jgV|iZ3wfe-^)QvW|8WVS9TaK}=8~nbb{)rJz@R;ARZt2ZMhbQUvb>e#DgQY#@AG`L5t*rR"
        "|sqZ5xe!o#RO65wa9Mk7Ad_w>L0000000000_zaA){69Yq$Gl^RF?WbIOJrplXOV(l6TKM|RTofoCi*j3>Sb|Bl7a-P$R}f@^BH>T1k+#j"
        "KGJ=ssDTOq0001gme-niFu769H$gCghX"
    ),
    "beside": (
        "c-rgqaB<`1lHy|K;9!7(|4^_Q$~S=0Q$xeL{XJZQm>4RUgpd`&02dPjBLf4Q00RRfhXZ2;Cj&#0UWO@yehLGF3j<ZaV})Ec04qWwV*"
    ),
    "dense": (
        "c-rmU33O9c9>?*2(uGpCQa}_Gur5?tOtZJRU};N*+Sax#Zq!f;VmE|Tz}l+E1vx5M5mCf#z`?5EQWa5A5K%-O9B>(Mzy-l|6j!K@bdsBdh"
        "I@x|JRTjF`F`;5Zhr6o?)~TGHQ<Y8c5YTqr^H@~F$oD0(Hge&QmcAw3+GK!F6&*8n^k0$8HrZ0h**<@aoq`_vQD<pwnwtWiZq80%C>|Dne"
        "q#`=Z+3H<P_x=O0Zk2B#A_(UlkMDZVErHi0p{fwqZTO+j(6>g_eV?7#nqDs3tYAU0P=iXZBn79G6*=n-%CN5OobC6H-@&Cp#qYE9CvPGm>"
        "+P16BL`vuNA4^$KN1V2#M09Roru^$zckY<;=+^~o&B%L%M|OR)0j;Oi#xRCdqqQWzC{(X;R<StM=2q7khwSsfKTFuC?5i4U%FOel!6xlWd"
        "+Ep0*P7yQHJ*{F)z^5T4XFRH?Eaa>8D?Y2p8?t9ZH`5@|$A<H|QEwxd>Q@M}VOZ%9%V9Da0^^y?P`pyk|>qBSo<WTTY?46g%fT%gLAM#x#"
        "g;BvZbB4`Hvh2T(MM^haa<`O3HMV%wWlxJgYLzFh-MC&BM$NJA-ornZ526lv@vs4($-t;X9=oBbb?>`x6v}T*U3Zq?b$6(`?smjPuBpf=n"
        "A_pm<JDDSDePtWuh)C?{D;;F{=~v>*`YV<R!!)QT*m%-%dcCx{sCI}owQ(t!-o~*1=lT1KJaZ}aQJau%8ZnZeks!c00000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00z%MRkV84{IO5e0;rPaQw@|28zDaGX%)|OZMC;KYZzMATZlP3l8x|B$PI;PS$vwZ5bz{9iawBz%9RpTf44sxuTb7F0EnSXLkb@1pE=k)A"
        "Tg91CMYbz^5zn>dbRqCHPC3I|P;`;h?>+3~gq_ZSQtVmVOg!0PL&{}rsW)Ydv)go3Axex#V00000000000000000000000000000000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000002|;&O_Mv!%i!ie;0?;"
        "F#d(oSXkKOb)6bH>=1hGpxzM2d$b!s|2STE5Dj`E7w1u`gYi?Du_)I*&SSTcd+^0alzl(1)ooiNMrlJ;EHd0ZTx-o{j(0F@Bh2LbBb~cC3"
        "p>6C8=#sq=zZ-p~sOQfc-Uz2X1Hl#1&(M>x6~g3;G4NMRlRjDu=F~>dP$2&62oaU5CKF390_<$lk~*bGE*FMow{{N*)X+aoV<Ry~4mz{r0"
        "bR+rZFV_VE75_JwQh`!Y-NawP7Bl-EVF1J&JRNYNszRJ0EcbJrdbC#xkmy!_r(@v_Vs9Pau2yLM6$6CCb%C@)bO+Ns*^TRO^yxZtpHYFZ~"
        "*79SkG*I{&LS)C9ZcItU-7im-lWwXb15r1rO`0U{KyT}GL+2%_tx=IhVTG?yul4X`Ei2qA!H|eX|$+$W*FjT9Zc+vPnq(Sxj;qKZ)q=)Kk"
        "&Y*_FWrdoo<y*%Q(nBp=RXV1RG^iQMe!QrktWYz&Sh+hz7OH|PM>QNHjcT$f#aYKnqbew9Jf^=?sD8g3R@+}TsDkIW&hD??(7Vax$CeL}R"
        "Mq7CYQIzLYT>S@zwDG2^(<OHdDkN?s-VmC8@#ea6>M93WR{FoGxYhqI!pZOMBSVfmm~S=SuAN?He5EV!|wS0=sfAG4!fm!TCogKwKLZqS0"
        "Y1HZEgF(C9*^{c}3suqr|5c9(VifQ8HFNi-xCV((nC;krrry7HEMMXn_`Jffi_i7HEMMXn_`Jffi`tmuexi<g|Q=o7km(jBHkS&~|Oyutx"
        "0acHC9r+r0z)!$X5X`_2mu`rQ3i&-(;_e4*RjYxXT4BiZV<Y0J)kpCy~sZPT-wI*gN4b&Iw2#H+?hiyC$-*jy@&>K<%|kE?u=t?ndGFMoc"
        "#tWcNDo|_8GWTBej(Mvulmlkzh^>h2HWVM>1syVMlwyE2(ubwe)s;pM`c0WJC;g<$AZ$>ZM#j;DKOS0To$}Ba*?hlW;M*M0x<@|4E%Qn^T"
        "cW0+wC#h<+JNG4DFB{anOPgx1mwa_MyP#&q9Pz7RyS+W<$`Cai|JCU?$`G~0ca|MDN=J3r=z%B9ld<XvE$VaLJh7``^S5*7%UIRf&c(wPN"
        "ME(^+@<?&6`y)ScRjP^4q2uq^S$K1Tk=&qrQ0+9DhosR!w+v+D!WwctA{2uiC-01US8BB9o4+I{jj}BcBwS(@~VermYR2`z4>ABseX6#|M"
        "C$Ts}>$mKJQUURg+C`j#(iK)$q;_8dge2)$gV^kAG4s)Dv3w_qa9EQ5{yluVIbsQuAh4l)b|3Zd#xPTA&45paoi>1zMm5TA&45paoi>1zM"
        "m5TA&45poRa*Cvm|~Vvfmta=mO*pQCi1=6p#S)V=#o1@>2@uS##KY}_cbME&Re`QN@Kc2#iH_9xzw7WGNNwx>?oB0bc{4!skv+af+Se09g"
        "3Eiy|L#617pR@tnE&!4sCZP}%UxlP~yQ}R{qd9Cr=q=)*Xz<)vK?XoQN|0{g)%ywC#ddRr=)psOYeZcUN>ycfuOtmv@*mWODw)!~Zo1|ku"
        "l5J`@azVjIvP9LcX`S_%q^ij_zSHwxGDIC#xBSh|WuaOvzG41XvRMs>Z_WE!?CP*L27SF(R;Z`BH1@<6$yWt$FBtxV_|!)q4>ZjDK{~3=n"
        "paG1mDMU;v3=QM`2*pnfEH+h7HEMMXn_`Jffi_i7HEMMer^jnxmlS~cS88f76Sj~{oEIYhgu||(l@hwYMRY<$fVG&wkYjZBeEZUz8*R5G$"
        "LopWIb}-V?^%M3-riyzY%!{SLjjt!+I20vQm%IRv3{zqe_n)tBlAwv|5i`YmLaAQ=><omyF1pH${)qH%_ts7WWhmeEs7^wy(^&CeoJ8;~F"
        "{kz)o!*_uq`jbH<r^<bB<U(#M>oMPA!hBT75>Y(28SYebH+bM(l$%ZOZ)&($OMXGY|y8K+0yuZ$?Ywp5GKZF`L<t?oQMvhN$OM~=(O^vD@"
        "IL62OsjL4l>u1B8hjmVocQIFE+O|<@m*FQG!PiyhY{l~d%myOh>a;3%O>5=_vBXYDqU5}jC8Ih|?z8<-6G$K!r0zLBHVnpe^3$@5?yTgdm"
        "jyyw;>`RQu(Z5KKoc9@#Yf!NsxgRnjkE2A7ypJ1Edip5+=f(E45v83nT953{8IdD<j2=1HkNGLDe_(UwZr_XhkF&cT%h0B>yS+p7$n%sDc"
        "~3r3kJ8uZk;9gCk{+eKXhilAC+m^pRU>j1o}x#t%|_%NJyef8Ta3ti&Z&Bo{*E3wZR0cbC~c<^+0P%QM~+X8$XT7GN3Ji8$n8H(k34&f$b"
        "0b!Jxc#^#7}ws1A4FOK5GAQHrtNyHzl=2X%pl1$o{brIV#)fk@L`jT3a^PYewY0W{@6vh7Q&v?_MKHzsjyfX|@E19;IDtME1^3J#sV}k+Z"
        "u?k6a6k$lc4WN1oe_$lK4ON9l|8$Zk8<t4C=~Mr0qDu1AgsjmT-wIN0ld+JUcs(ag}eXnJ^C8{SR}Z!ZjOTMy#?3$A!vT~y7{%Zyy`>0L3"
        ">NxBFBh^eZXP+nPDR#QE3@+3LTVo_ffmL!qy-bzqk{WUn*qW(TA;XEert7GtJpG}eyBD;o4^wVmqNi%9JMvdL5u^KfFqbA0vaT+zTMvcp;"
        "i8E^4Moqj?<1uR588u#`Cc&slH)`7NuZfMEL-Rx@nnmWB?qC*~r@EtAWS;9zW|4WaJDWx3+3sQ%nWsC+EHck`SF^}G;mKx^dB(fRpVfZ=0"
        "+Y69"
    ),
    "fixed": (
        "c-rlmO-{l<6o6;SPZ|`3=t5XET^kaVl^Y>a?Scpq7bJ#Yg<^=MAO#5_?C}O3!3&sp1dqVdBX|Rx=}fV$nwaPU^?eCE=KXc%<@GIwTQz?ej"
        "U*$8B8n)8V#v*$BT3%1V?XB-b2;VmUU2k5+qT8^F`i!vuyu(Co}MTQ^`84!Y=kEe5%3>Tm0XF+%A$`LPlDHP=<7%Io6n8&C;9t&6+QFkL`"
        "hGIsNHGkMy=j4o2^T#-yj=!aP4C(*A30GYNpoK<vmF*>(>L_?6)*S-j-w*NAzRaaj>Y~&_;UCBFi&>d_ikpG_+4*?VQblS?{+xCXJReLnT"
        "Kc26JE-?7Qmns`W=*7RwS(Ce_KrKBvmhxrR2$Ij{7dX4P)Uu1FBkCor}v6kD8C^wdA>dTFu!!Jc{G)b}pP){o(@&4Wr3<^jxu_w!&D_WF^"
        "2HFe|X=D}a%=%84@t^#`ATf$B%y_-tE`Ons&W&i*H000000002++bACw^Yli}xku{;z4rkAdpY1^Fbc7nVQ0;5I5B1lUdDwC5IeQRrF~xe"
        "EXu5)%$)x(5+Yh^7X-mhAo6?xj3nkE`F1c}>b_DF&?5i<0L#nEKL3$rLd?DbZ^V`Z"
    ),
    "huge": (
        "c-rmMO=uit7zglYHfy>DgE8V)MGdP+L6KD3RDwbc=@O*i(zF+)joW;b$Y!HWf-NCX#EbM&K|HAFK`aQ;lR^-^c(L>%_TsHKQBW#)>OqK;+"
        "1+I9v=`|``TZ95WuEyz^X|U$&b%`*UhD7M+1FF4MAt?~{oy1#9`4lN{`m6OFHMXeDkUeA(qKN>)mMtN<(|PPM_gz($No~M{kbIg_bz{!d{"
        ";X(QIE|VRf>U#?s~45+vEApO3!syynNl*aeHU154Nvxv-?ucb+$9R(y_j?oB#96cRw3DJTadBqIAZ)(#p)P_0HUV>8Gvs(~rk%lWA(}_az"
        "ZGoVOhHIF-)PJ#(eEU4JnCIbQAmrFZP`!CE?R_75K0+=vl>+*f}zj>UH2qZc>!##_0<7xOF6$7rtb{v+=liA%Y{&zG*P4J2F7LBy}+PtL@"
        ">xx}a6p7|z5a?`G#{o!Jq&n3Qp;ECVkYOe6rxz9K5{OjCVd-&GL_Fb~M@9xj`-Ia28Pj&C!tHT$|*)B<<a^wBJyZqWiR`UO>HaU4<>vfo<"
        "@1K{md;i<xBReckrYHK-$0L1s78Yk_n^V(^t-1LVad)~*PYq^|SFBb~RY!-aO8@`>00000000000000000000000000000000000000000"
        "000000000000000000000000000000000000000z%5sOa;Q4pY%DEJwHgbv)zP8q<m?+Ov#sU%Ml(CN*qWO^k=9qM-9XmUY@D7wxs)EhvU"
        "*+r!N$VznZ`|evun<+w5FHm7h9X%)je+>cwtj|qP5a&w!e?&Qd7&PUvKxeFTA#PbZxCRF+LU-lGwKIgN@#v=!rX`9MKq#fl5RrJF`DZx!i"
        "VUcOjD$GEWyWr9$SJLZ+vX*;B}r3z@xz%x#6tNFmc($m}a*b`&zt7BZE9|BAl>Oe~vm"
    ),
    "lambda": (
        "c-rll!A`<J5I}cZXc`nPi3jo2^lV5_PF{dWl>-qY9!w0u3dImhQ3?`5xZ@xA3I2eIpWr9>8U6w8cDJ>yF(K-~$h-r?&dknk>C7a|eYtdyO"
        "l&0(MV3(vDJaOCqpIPxXTRVQb2;PkQSkIJ*S5*^3XiXfZ2ipjrzg5jz2_0Ua~>onWdtlEWxaSz<(Z#Hj29v7H;UwA`G@DG_({>cUgeQ7N}"
        ">&tmEB&;v>MHx-R@jbeHvqTr{dp54&Cc1kjyv~Z_SN&ZT1bPacB0OPS0K-o)m~DxOyC_JMTG2IkNhb7OOiY4Rr@~_qpy0QrM5=t8H4pS9i"
        "6eYKdmBmv^sXxUQpl41ABn{b~gVUTmm85hhyGG90I28(mY|Q?;6TJ2dS<$FQ_*Rb%~*=qH-z;849~j7jGr%k${|iqXAn8DH#mW44EOb3mF"
        "N-L2(DdXYj5_RzA}XFcH67>sY&UKV&dtxu=C2l{=Hu#?H|X0jj8t*pbl2LJ#700000005Q;jN<G+KlavaVu&$Q@G*-oMPjFxl$z(WnF7kK"
        "pxm6#XW~Rl?Sde<0c0Le#7JcxYUBp9KlOV==T80r6#xJL0RAm+dH$uqgj{$Bwm6e&"
    ),
    "latest": (
        "c-rljzfZzI6vyAShz)`kf{8LUoedEsF>w$Ks3ek*=x7M3Pz<3Ir63Z*;^yXm;J`oNVq9GO51dR~oE#ktlN(-pS0P3=7UTOQy&v!0`@Va*;"
        "q@w$-VOL7K2eguWyn#M*nXAU->R>(xlH;%fO}a6Xc1<Pa<@+aYFP|{XC&d`-vSUJ0Abr%tCw`6P^_Ef$_XqJ0#wZTn4km#9q-uE!M6Jow!"
        "%D9sOk;PDxB*Lt5P>7N_fX41ZV7%=Lc57g%BDq)rHmI4cbCpn#I(OJ}(neFb!@tuFYI3v;TX3uiws0+5>+2^6_QhT$mb3n3h2Z@o=9zi(w"
        "!^CBZ9ALVOP5LlIzx)*|{OnnxtSpHgwJaSMNr$kXRLAP9mW(_t@_%Q_8C9<^F<+b^Z777fj^3Z_=m)lEe`)X!SF*{o=Wx}vD8hf{l3bq`p"
        "!-OxI;H`DFW&-koXJ1%JxVjazL%Pcl&TeqXtczb8thC0laVX!ejcB;_qoU&LZ-0S6gz3+a{{{bj#(b#%4HmX}*z_&*b1VIo4K@bE%{wp5|"
        "zDTl3N`3)*UZBG"
    ),
    "link": (
        "c-rgqaB<`1lHy_j0S*oZ76t(ZWbhvf3Yby(F!=;1%?PDCp!5nRm^ceqP68?}05x9$YF+?TJS51~71?}rdq%;?1|F`C;G_}(<#Ryk6HKV;V"
        "CgV`O7=3rQ!e(D$pv%?Ba(VHsCq^Y2gV9M1_u4ql4Sivy$n+Z{S=Tm08uMEe*"
    ),
    "storage": (
        "c-rgqaB<`1lHy_j0S*oZ76t(ZWbhvfcCe!IVe$!3nh{EOK<O1sFmXn(oCH){5NbZUx{x4OSCH!eXaHtU0SkoYU>F4>5qP*d27u@YC?A$eP"
        "cWgXOF>JI9u(Tk$iN0MixI|$q+~`$hyXNM!f9rpJV-`RK^`imz#z`SAYKoZX9cEUkUSF;6W9QD1`RNu5t>&FaHMmXe>tG`Gc&?+hya?(2)"
        "e|B0$Ml+u%N2b)6)l{)RJWVg2dwDa#*x51pE2Bfcy#bp91q}+9n4804q{Flm"
    ),
    "userblock": (
        "c-rll!A`<J5I}cZAPtI^#DjQh_H0N{PF{pal>-qY9!w0u3dImhQ3?`5ddENT6Z`=aKfzD%GyDVG?QVhAm=N_~WZr>cXJ%)&?98SNLclWfP"
        "%IoK;#+ZVpeQJURBn*Cm<Tiy9Q*Sxg~URRg?y5HeZ;eE3cV`gYce0d2>scqt~2jR2!EZ&7?%nh*-}!}^CwK6PxFZLDh2%pp?oa<aNVR>DV"
        "*1<A~Hq^v_Z47-D#Lst=_Slt!t)FVeHLRr+ZNX`+A;BW*msO=Eb`)yM|M{H@i-&V=oXdHWyFw^f*v={&UcB<n<R@tnSnl)E(5_=eo<qf_^"
        "k#ZPWU_x~m+Q3oL{EynB;_bsf%Q;Cmb$luLN-U<3CPWkl+h;W#zhXq#kDBNg+mZ`!?<VUcZ(@cWMHN5pq<nBFpm^yZ?&i}3uC(Y|UJU(EG"
        "lHv4wHM=w1#n`8%io<R+E-?I2;b<V5S8{YD{Jh1ClU3d2Sg8cN@NoRJ`nb~uz>u~k}0000000000!191ml>g_){+M?RG3E-<W|>Nv+L<M("
        "?Tg+_4rNzRb|U&SQL1HjNs_z(iijs;q;U@|w1e@V`aQyZr)dKf00000{w?qO;!BPTCHDb1Lz8X"
    ),
    "virtual": (
        "c-rgqaB<`1lHy_j0S*oZ76t(ZWbhvf7$ng6P>=wn8KHCslwQFE6K4d=LA5goLd{247ZT*^3R3+a4Z!R%V1dva45MHq0uNWm01zDk<-=0x2"
        "_{r^WoYTqgF<^58Q36ZF~azel+4Ho5r8I3IL!={2gwL3$V0^x7{oak#OtB*tiTiul4oLOVuYk;h)-CUVM!Zet`L+9;?0%i%4T3_7!>gk?C"
        "0+S%F(cVsK7j$Hb=oI7^=YC+24l|sX&F5o4yQa1*v{&NwR)^Nk(dsUWO?{3Ij8e90)KW@dco4MtGqJG;qTKb|mE!_(#Kj6pVsVFbYP&C>R"
        "B!U=)mkQ7{Td!6={?006l-Hu?"
    ),
}


def written(name: str) -> bytes:
    """One of the files."""
    return zlib.decompress(b85decode(_FILES[name]))
