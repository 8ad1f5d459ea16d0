import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { PublicKeyRecord } from '../../shared/proof/trail/public-keys';

/** RSA keys made for these tests; committed, so that every run makes the same signatures. They guard nothing. */
const pems = {
  a: `-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDYxoEdRtZohmAv
65r+eEd1YojaDPhlMIQ5onC7geaq/jcqHPDAhjNfnywXLzJu164C10zTLYoIYjKT
wg0DpJJqu8NsebkGhbSqJRjJQqbpL6qYToXgWu1uV4kCvY1J4lB59z27s1ezQ6m4
Mg3QzEUOAT47W0Alkyq9crI3rZgTNOaEJ73sTAqP3OH9LpManw1a9S9Lk4F5sB0d
CCLaIsOpjSwHAh6OCc8owP9B+/F61xBfapGAUL0Kkz7flgwOc9JAGbHksFjHWrv3
rFGtB3/jr7Fzg3tUDvYjSBMNJKDOBW0VxYzh/tOQXmTmQw6kdaP4PgepFORuf4C8
8ApD5A7VAgMBAAECggEADfEeZrqimZBi6VIW4tzrg6I1uQhyhVeMeYR4Cac+Jas5
8wxvc4JuFW1QUaFodfaLK4WbXE2mfgmKxTQK0DwqapDu7bAadU/uIa9HG9Kcl4zI
RQlv1NEkSh95IWL9jk3u7Rk4sDTFpDLq3HzjpJUur8rmrLyesIv5iLuyuKACkuGK
tilS1FeApS9mXRfNg4qV6tuPeHu/6m4pHlWoEp6JeA3GcqyfZ+wamt6eOF+lpBTB
axD46F42MGyJPpx6n1BDcCdha5mJBIcGoJ8ZaK73hpgIk7mYPy8Xt6rTUVEWjfJa
eOJ9KrLD6MtpSGY5QBA7caQpoAi+HoCzBlCf6ey9VQKBgQD/0NrUV4ew/+PtIx7u
P1fheD/BEqoqJVhyEoR/BwP3JR5fohekqNl8t1iMB+D75YAB4w26M1fn7bFwXGHM
CJVu/sYgfwbLgtsDiAu4GyvLFt7mWqMtYKcNNEZsGFuLTgwA8Uy+ZVM4Fdp49KJ/
8FI5u4hEO/oXlKtWZJKy54FrkwKBgQDY7nRkGtnKTm+pNMovvNfv2h2xg7llh9ds
Fsvj8dC/mwL2ZVY3S8z8zr6wY1pONoIG55kIDPMW6VWWsAstwQ/2g2rqjtf6GgrL
ltF9dmIKV593PHTtB8ranVhSlgN1ZirV7d+B09RyBeI9OCvIz2EXZtLW6QsfAtYT
sKJxv1gs9wKBgD7cK2mSOJ2dw3w57RfOKOIWklP3KilBFAKz2ir8plTMojINupGT
jB3BT9jY9sfvFQ1hpbXjd+5d0gQyLzXbxhyILlc934WSmg68F2UeCBzXed5Q11gH
MAVmmwdk1NneS8TPhnQiodheRlkChAu8GfhlxI4/zqyMs61++S1NBdhRAoGBALSZ
qPqiRAkiTeHf2ifuHxRHUYs08AdwFU+elvZZnoG2Krw5V5LHn4wlDypIPKl6xbu7
2nKSXVsIvUGrpFLeNUz00fEfJP3J6ozeLeA2y55ynoclJO8lGqPwdNSkoZJ+kVDz
La2nTmnzLgvrlMAkrl9OMl/LOoAB23ofBs6OD3m3AoGBAPIm11DUhpctFKksUFg6
G9Wj5mkQKE8f1d8WI4Q6RsNQaww5bV0pix0cQClDB5ktH2S062YPo5Yxe9npSler
vjh227+GgAfo9u8fbsT9aUFBIYQ84zE4rfO8cRDNtw3mYh0/G+B8feQdwjV/TCgb
Xwu+0UA9wlMhvWgQIaKC25XD
-----END PRIVATE KEY-----`,
  b: `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCgfzVqtTNIlM1n
PGSogbJGYxXqYiR/9+8bLxXBM+ikyIBoNhQNMdigyJO2U6UdL4G6grIpPY3R9mfo
a08qFhAFnDZk7o0EliohRn8cxLRun3jpWA4P31hLTJ/n87xpHGSVdzMAzstjuALi
JFZOfZDn6UrpRT2+N5enOxLEelJatdLgOt2LaYArWHycfPdkqmOsnTeJj9VOxHH7
vg3vyblH3oj+E8lLoQUfirLsBdPievCOWscKuCde1d6pdyBry1PP302tR4POspcp
fRUBnjkyvym2GqjewqJB9jRAMtOtzfOjb1ZcBUCS78hDmvl5d2Iz1ciWAnGhIQu+
3IkVG4XtAgMBAAECggEABqhQMG10w6F8hbhBGqZKnVXV3mOUzQQdVHzXA60iDNfO
T8RSf5ueN0kqq2j70+KZGIH8Xu6RN/DnLYJqBb5lir4ImZY1nkeWVswEUM6uB1qx
GsjOyITEtlbm2SnImnmViIepw3JQiIHlCLlmJRpbTOtl8pgvL/lBXqv6ItFKIj4Q
sKEzsjjIDgSSbvv/KX6ncfIQKGLIvFGPjQ4+k0xMd28SoqK74K/yhrOluS1V0oQF
hrXHZQRcU9XBVSAz9+2LLbs7hj9fbkpcjnL/ShVSxmT/7/q2UewjSMowVV77Q7b9
ej+a/CznAcUYsl+EVY0AlDHCSMr8bUxFUKBBPom/EQKBgQDdBdysnnzK+LvONGtV
V0X5qC+oo72GTTMsV4Q+AIdxsU4o7kjxLD4eaDYwJ0QGscZL9FL/WE3/i3R8gihh
DHx6LJG2TXS+6oyyRrQpzVh0BVQ2+JBbsF5qCIwKRtzRVQFKWD4SeV49/OCLceV9
lxzKHQPSRZpi+aNSZ2Okt+Ij5QKBgQC55U1Byf1lmKIBpamP1NBKghizoPEjQTK8
8YLgILW05amnO/hfu/WxBoKpNNA1o2s73QDZR13tnEiNz/ZEL6g1AOqANeFlSzBo
jYJdACOZmnzDF7GKwWToC7KptZkvt9b0aye7aD4WiK1+IO64MYTRIyvxdaAFNedr
MM8d07zJaQKBgQCJyjLF5tRT0Xd72VAk1xDH0ONNVi88f/psJW9LHBdUeL4KZGtS
90sOt9c4c/JD3iaKiZoImGuf6bfIO3ii8B7WJ9z7cxRaRW1LYyrEeMExK3VSA+oz
TyO9JPDxIzZcxorUZ2jjKYjoSjNOm8X/YurO0gHk4AGcvJbmM5B6Sy0PRQKBgCeK
cqhvwop9sNgQ2MRTTArNKVvr+96324b9CA2MZ5oWz8NWqjoSzOveqqQ7K559KC4P
kEKnP39vIq+ncIaIbIr5queijlLxb1aN4xDNGsVtauREges1v7Tr6BDZI8BWpk5P
DKB8R9ibMewGLUDYp5ukk5BEqMjy8kqGk0eQ5jMhAoGAecY6Zzbt9DC0DCyFYl2S
ahWYY/GnxjoO9ZQqhnfIW338tyKU/cMKZqh9kvk3dS1zQtAOHMygKXV9lP6MGm8b
j4szdlu6O5JImS5NSJn13v7oj7bU1QYMI1s4sNWV/U1snoH/7Xh1T8nrTTJnxLMu
pWm2+nlenz0YlyUIRJpicAo=
-----END PRIVATE KEY-----`,
  c: `-----BEGIN PRIVATE KEY-----
MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCMZ8kimyzyyLeC
uKv8Nwh8CN7g8z3uFEr5CeAGF00odx4A5qjGnLggrGXS80Rr8ajCQEnp4hSYFKEQ
7vZ97rNpWbsyu1m3KwAZ88UdV1L1PPwBVlvj80dlup85PHw2pdLddn5ztiqb5LPA
KFYC9T6CICPEEHm2L7PKd/PHsTgOwEbh51gVBSADLMMlEdZcgzkeNKxLH9IBgf3U
y4hsPhmRYKqhNSw47dSmqjas9Fk8wilrGf+RcRDbt8tv0j1AGd3jGUkodCLhMbwa
+tFYWmkjP8ELAAHmm8mjSUMlLv9Q8bd3qoIE47Ur2oLAqeloi8RgKRL8ll6qaaZd
0y1J41vnAgMBAAECggEAATRCcCwKaM+9wdQULfbX+UjK26fN8eMLAAGpED756bRR
mUbvXUixzDrTm5600FlKnCr8M70g58DFGDBcdgqVMzWZoa1AbzipIbqDh/q4sAa9
elKRx/TbcoJKZEobAfEyBHzEK2sZz6ut86KMCPXnXoBvuoh1asNM+AvyFwC6sp/l
8FZ0SePbbMmld8LtktRWs+01x/LE5ooFhippBnm1tmIX1JDhUV4//jtKwf9lDqx7
9ifCJkOniQMBxSiwoTckLSw0//eXMCuafZGbg+RLzDoBj9qVuGd+xrnkK5+/Buf9
//2k8358oulVJCcrKW8FSKYY1doN93XuIazeCGwGhQKBgQDCE1VBPOd48MnO5cQg
5zOTpTh2yKkgOtRXX8K4f1pPT7lRAwu0jOYF5Y9EROeTwZat8ufPJdwpd8/KDCXU
RqhireNb7LKpAsa39RKJ9k06vzWfdKvtizMl67xuTnvTgHMpfhbHLtN8Lk7YVQ03
+tKQ1vuUCYTh5XOqPzjvz1j6pQKBgQC5NISyTn9ImMs95gC1SlWaeJg9YgbEnRa7
59FVu+u50TC6qXPwdg01v/ActY/yhCi9C11lXv5i2TI4UxeeLltdQb0ShyvB/iSS
m1LYmklx3bbgV26Qc9r7UdPul1OBC2sjenXSWz2vW6PIG8N3lnsbi+OQooz6OCqG
QZ+pXpQSmwKBgAM4DN7zIqe33rEG0JT3ILzfLauSsnNtZl44oWMsAZR1Lw6v7T7G
Y35Pi2vHdMvXlyc1czDVYOxzJ0gjoXD+5wYT+kRpDaGOATvF3dPZ+PfzefE2Hy/m
cie73Dk8JgOhCsfyZnBRT4KsxfQCnSCDkYCDgFK5QbH5e0yklc4scz5dAoGAJU1+
rKtC18xuozkAS4N9Wm+Puk1UL6W0PoSilTIUeIi5197pizU70+ek5SNsqtwTmIAB
f7lyY1Z71vxldWbA4DetbV3sYlZd52mBdj8dK+IMQ4NYsZ+kK5p/pT61gvhZy/uO
X6Ag/IDorBVreVrF0PaMD0WuP3ewmPn+vo5eJKECgYBsfZS5MVuD87EJhUZmRb2n
jKPEsUc2fdDBhFG9d288Z/KVnMctDmTbS4F+pDWuIEulvMX7tmBSA76lchaFo5FE
LXB0WhXBrd/hOfolmoisK1FBYmfQGBO0CWiCLX9jaJKxmiBroAxbJLBUsCy1JnVs
SqyDTT1aVkeJLqcqxwhKrA==
-----END PRIVATE KEY-----`,
} as const;

export type SigningKey = keyof typeof pems;

const privateKeys = new Map<SigningKey, KeyObject>();

export function privateKey(name: SigningKey): KeyObject {
  const known = privateKeys.get(name) ?? createPrivateKey(pems[name]);
  privateKeys.set(name, known);
  return known;
}

/** How CloudTrail may encode a key: it documents the first, and has published one of the second. */
export type KeyEncoding = 'pkcs1' | 'spki';

const der = (name: SigningKey, type: KeyEncoding): Buffer =>
  createPublicKey(privateKey(name)).export({ format: 'der', type });

export const fingerprint = (name: SigningKey, encoding: KeyEncoding = 'pkcs1'): string =>
  createHash('md5').update(der(name, encoding)).digest('hex');

/** The key as ListPublicKeys would give it. Times are ISO 8601. */
export const publicKeyRecord = (
  name: SigningKey,
  window: { readonly from: string; readonly to: string },
  encoding: KeyEncoding = 'pkcs1',
): PublicKeyRecord => ({
  Fingerprint: fingerprint(name, encoding),
  Value: der(name, encoding).toString('base64'),
  ValidityStartTime: window.from,
  ValidityEndTime: window.to,
});
